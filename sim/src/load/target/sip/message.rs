//! SIP messages as they come: what is needed of them, in one pass, without copies.

/// A message.
#[derive(Debug, Default)]
pub(super) struct Message<'a> {
    /// What the first line says.
    pub(super) start: Start<'a>,
    /// `Via`, each line, top first.
    pub(super) vias: Vec<&'a str>,
    /// `Record-Route`, each line, top first.
    pub(super) record_routes: Vec<&'a str>,
    /// `From`.
    pub(super) from: &'a str,
    /// `To`.
    pub(super) to: &'a str,
    /// `Call-ID`.
    pub(super) call_id: &'a str,
    /// `CSeq`: its number and method.
    pub(super) cseq: (u32, &'a str),
    /// `Contact`.
    pub(super) contact: &'a str,
    /// `Expires`.
    pub(super) expires: Option<u32>,
    /// `User-to-User`.
    pub(super) user_to_user: Option<&'a str>,
    /// `WWW-Authenticate` and `Proxy-Authenticate`, each line.
    pub(super) challenges: Vec<&'a str>,
    /// What follows the headers.
    pub(super) body: &'a [u8],
}

/// The first line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start<'a> {
    /// A method, and to whom it goes.
    Request(&'a str, &'a str),
    /// A status code.
    Response(u16),
}

impl Default for Start<'_> {
    fn default() -> Self {
        Start::Response(0)
    }
}

impl<'a> Message<'a> {
    /// Reads a datagram; nothing, if it is no SIP message with the headers that each must have.
    pub(super) fn read(datagram: &'a [u8]) -> Option<Message<'a>> {
        let head_ends = datagram.windows(4).position(|four| four == b"\r\n\r\n")?;
        let (head, body) = (datagram.get(..head_ends)?, datagram.get(head_ends + 4..).unwrap_or_default());
        let mut lines = std::str::from_utf8(head).ok()?.split("\r\n");
        let mut message = Message { start: start(lines.next()?)?, body, ..Message::default() };
        lines.filter_map(|line| line.split_once(':')).for_each(|(name, value)| message.note(name.trim_end(), value.trim()));
        let complete = !message.call_id.is_empty() && message.cseq.0 > 0 && !message.vias.is_empty();
        complete.then_some(message)
    }

    fn note(&mut self, name: &str, value: &'a str) {
        let is =
            |full: &str, short: &str| name.eq_ignore_ascii_case(full) || (!short.is_empty() && name.eq_ignore_ascii_case(short));
        match name.as_bytes().first().map(u8::to_ascii_lowercase) {
            Some(b'v') if is("Via", "v") => self.vias.push(value),
            Some(b'f') if is("From", "f") => self.from = value,
            Some(b't') if is("To", "t") => self.to = value,
            Some(b'c' | b'i' | b'm') => self.note_of_c(is, value),
            Some(b'r') if is("Record-Route", "") => self.record_routes.push(value),
            Some(b'e') if is("Expires", "") => self.expires = value.parse().ok(),
            Some(b'u') if is("User-to-User", "") => self.user_to_user = Some(value),
            Some(b'w' | b'p') if is("WWW-Authenticate", "Proxy-Authenticate") => self.challenges.push(value),
            Some(_) | None => {}
        }
    }

    fn note_of_c(&mut self, is: impl Fn(&str, &str) -> bool, value: &'a str) {
        if is("Call-ID", "i") {
            self.call_id = value;
        } else if is("Contact", "m") {
            self.contact = value;
        } else if is("CSeq", "") {
            let (number, method) = value.split_once(' ').unwrap_or((value, ""));
            self.cseq = (number.parse().unwrap_or(0), method.trim());
        }
    }

    /// Whether it belongs to a dialog that our side knows.
    pub(super) fn is_in_dialog(&self) -> bool {
        self.to.contains(";tag=")
    }

    /// The lines that a response to it repeats; `tag` is put on a `To` that has none.
    pub(super) fn repeated(&self, tag: &str) -> String {
        let mut lines = String::with_capacity(512);
        self.vias.iter().for_each(|via| push(&mut lines, &["Via: ", via, "\r\n"]));
        self.record_routes.iter().for_each(|route| push(&mut lines, &["Record-Route: ", route, "\r\n"]));
        push(&mut lines, &["From: ", self.from, "\r\nTo: ", self.to]);
        if !self.is_in_dialog() && !tag.is_empty() {
            push(&mut lines, &[";tag=", tag]);
        }
        let (number, method) = (self.cseq.0.to_string(), self.cseq.1);
        push(&mut lines, &["\r\nCall-ID: ", self.call_id, "\r\nCSeq: ", &number, " ", method, "\r\n"]);
        lines
    }
}

/// Puts pieces at the end of a text.
pub(super) fn push(text: &mut String, pieces: &[&str]) {
    pieces.iter().for_each(|piece| text.push_str(piece));
}

fn start(line: &str) -> Option<Start<'_>> {
    if let Some(status) = line.strip_prefix("SIP/2.0 ") {
        return status.get(..3)?.parse().ok().map(Start::Response);
    }
    let mut words = line.split(' ');
    let (method, uri, version) = (words.next()?, words.next()?, words.next()?);
    (version == "SIP/2.0" && !method.is_empty()).then_some(Start::Request(method, uri))
}

/// The address in a header: between angle brackets, or up to its parameters.
pub(super) fn uri_of(value: &str) -> &str {
    let inner = value.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(uri, _)| uri);
    inner.unwrap_or_else(|| value.split([';', ',', ' ']).next().unwrap_or_default())
}

/// The user part of an address.
pub(super) fn user_of(uri: &str) -> &str {
    let rest = uri.strip_prefix("sip:").or_else(|| uri.strip_prefix("tel:")).unwrap_or(uri);
    rest.split(['@', ';']).next().unwrap_or_default()
}

/// How the desk calls the call, from the context in `User-to-User`: hexadecimal JSON with a member `call`.
pub(super) fn desk_call_of(user_to_user: &str) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Context {
        call: String,
    }
    let digits = user_to_user.split(';').next()?.trim();
    let pairs = digits.as_bytes().chunks_exact(2);
    let bytes: Option<Vec<u8>> = pairs.map(|pair| Some((nibble(*pair.first()?)? << 4) | nibble(*pair.get(1)?)?)).collect();
    serde_json::from_slice::<Context>(&bytes?).ok().map(|context| context.call)
}

fn nibble(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const RINGING: &str = "SIP/2.0 180 Ringing\r\nVia: SIP/2.0/UDP 127.0.0.1:1;branch=z9\r\nv: SIP/2.0/UDP 127.0.0.2\r\n\
                           f: <sip:a@b>;tag=1\r\nTo: \"x\" <sip:c@d>;tag=2\r\ni: k17\r\nCSeq: 3 INVITE\r\nm: <sip:c@127.0.0.1:9>\r\n\r\nbody";

    #[test]
    fn what_is_needed_is_read_and_short_forms_too() {
        let message = Message::read(RINGING.as_bytes()).expect("a message");
        assert_eq!((message.start, message.cseq, message.call_id), (Start::Response(180), (3, "INVITE"), "k17"));
        assert_eq!((message.vias.len(), uri_of(message.contact), message.body), (2, "sip:c@127.0.0.1:9", &b"body"[..]));
        assert!(message.is_in_dialog());
        assert_eq!(user_of(uri_of(message.to)), "c");
    }

    #[test]
    fn a_response_repeats_what_it_must_and_tags_what_has_none() {
        let request = RINGING.replace("SIP/2.0 180 Ringing", "INVITE sip:c@d SIP/2.0").replace(";tag=2", "");
        let repeated = Message::read(request.as_bytes()).expect("a message").repeated("t9");
        assert!(repeated.contains("To: \"x\" <sip:c@d>;tag=t9\r\nCall-ID: k17\r\nCSeq: 3 INVITE\r\n"), "{repeated}");
        assert_eq!(repeated.matches("Via: ").count(), 2);
    }

    #[test]
    fn the_desks_name_of_the_call_is_in_the_context() {
        let hex: String = br#"{"call":"42","queue":"booking","waited_s":1.5}"#.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(desk_call_of(&format!("{hex};encoding=hex")).as_deref(), Some("42"));
        assert_eq!(desk_call_of("zz;encoding=hex"), None);
    }

    proptest! {
        #[test]
        fn whatever_comes_is_read_or_not(bytes in prop::collection::vec(any::<u8>(), 0..300), cut in 0..300_usize, at in 0..300_usize) {
            let _ = Message::read(&bytes);
            let mut torn = RINGING.as_bytes().to_vec();
            torn.truncate(cut);
            if let (Some(place), Some(byte)) = (torn.get_mut(at), bytes.first()) {
                *place = *byte;
            }
            if let Some(message) = Message::read(&torn) {
                let _ = (message.repeated("t"), uri_of(message.contact), user_of(message.from), desk_call_of(message.to));
            }
        }
    }
}
