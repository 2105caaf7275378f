//! sipp scenarios, put together step by step and written as its XML.

use std::fmt::Write as _;

use crate::pcap::Capture;

const SDP: &str = "\
v=0
o=- 1 1 IN IP[media_ip_type] [media_ip]
s=-
c=IN IP[media_ip_type] [media_ip]
t=0 0
m=audio [media_port] RTP/AVP 0 8 101
a=rtpmap:0 PCMU/8000
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-15
a=ptime:20
a=sendrecv
";

/// Where a party's telephone stands in the dialog, which decides how its own requests are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Caller,
    Agent,
}

/// What one telephone does, from the first message to the last. Whatever it does not expect makes sipp fail.
#[derive(Debug)]
pub struct Scenario {
    role: Role,
    number: String,
    contact: String,
    sdp: String,
    headers: String,
    cseq: u32,
    in_dialog: bool,
    steps: Vec<String>,
    invite_step: usize,
    keys: Vec<(String, Vec<u8>)>,
}

impl Scenario {
    /// A telephone that calls, showing `number` in From.
    pub fn caller(number: &str) -> Scenario {
        Scenario::new(Role::Caller, number)
    }

    /// A telephone that is called.
    pub fn agent() -> Scenario {
        Scenario::new(Role::Agent, "")
    }

    fn new(role: Role, number: &str) -> Scenario {
        Scenario {
            role,
            number: number.to_owned(),
            contact: "<sip:sipp@[local_ip]:[local_port];transport=[transport]>".to_owned(),
            sdp: SDP.to_owned(),
            headers: String::new(),
            cseq: 1,
            in_dialog: false,
            steps: Vec::new(),
            invite_step: 0,
            keys: Vec::new(),
        }
    }

    /// The Contact of every later message, in place of where the telephone really is.
    pub fn contact(mut self, contact: &str) -> Scenario {
        self.contact = contact.to_owned();
        self
    }

    /// The session description of every later offer and answer.
    pub fn sdp(mut self, sdp: &str) -> Scenario {
        self.sdp = sdp.to_owned();
        self
    }

    /// The usual description with `from` replaced by `to`.
    pub fn sdp_with(self, from: &str, to: &str) -> Scenario {
        assert!(SDP.contains(from), "the usual description has no {from:?}");
        self.sdp(&SDP.replace(from, to))
    }

    /// A header line for every later request and for 200 answers to INVITE.
    pub fn header(mut self, line: &str) -> Scenario {
        let _ = writeln!(self.headers, "{line}");
        self
    }

    /// Sends the INVITE.
    pub fn invite(mut self) -> Scenario {
        let sdp = self.sdp.clone();
        self.invite_step = self.steps.len();
        let text = self.first_request("INVITE", &sdp);
        self.send(&text, " retrans=\"500\"")
    }

    /// Takes 100, 180 and 183 if they come, then the 200, and acknowledges it.
    pub fn answered(mut self) -> Scenario {
        self.in_dialog = true;
        self.maybe(100).maybe(180).maybe(183).response_to_invite().ack()
    }

    /// Calls and is answered.
    pub fn call(self) -> Scenario {
        self.invite().answered()
    }

    /// Takes provisional answers if they come, then `code`, which ends the INVITE; the ACK is sent.
    pub fn refused(self, code: u16) -> Scenario {
        let scenario = self.maybe(100).maybe(180).response(code);
        let text = scenario.first_request("ACK", "");
        scenario.send(&text, "")
    }

    /// Acknowledges a 2xx.
    pub fn ack(self) -> Scenario {
        let text = self.own_request("ACK", self.cseq, "", "");
        self.send(&text, "")
    }

    /// Gives the call up before it is answered: CANCEL, its 200, then 487.
    pub fn cancelled(self) -> Scenario {
        let cancel = self.first_request("CANCEL", "");
        let scenario = self.send(&cancel, " retrans=\"500\"").response(200).response(487);
        let text = scenario.first_request("ACK", "");
        scenario.send(&text, "")
    }

    /// Must receive this response.
    pub fn response(self, code: u16) -> Scenario {
        self.step(format!("<recv response=\"{code}\" timeout=\"20000\"/>"))
    }

    /// May receive this response.
    pub fn maybe(self, code: u16) -> Scenario {
        self.step(format!("<recv response=\"{code}\" optional=\"true\"/>"))
    }

    /// Must receive this request within `seconds`.
    pub fn request(self, method: &str, seconds: u32) -> Scenario {
        self.step(format!("<recv request=\"{method}\" timeout=\"{}\"/>", seconds * 1_000))
    }

    /// Answers the last request without a body.
    pub fn reply(self, code: u16, reason: &str) -> Scenario {
        let text = self.response_text(code, reason, "");
        self.send(&text, "")
    }

    /// Is rung within `seconds`; remembers who calls, for requests of its own.
    pub fn rung(self, seconds: u32) -> Scenario {
        self.step(format!(
            "<recv request=\"INVITE\" rrs=\"true\" timeout=\"{}\"><action>\
             <ereg regexp=\".*\" search_in=\"hdr\" header=\"To:\" assign_to=\"local\"/>\
             <ereg regexp=\".*\" search_in=\"hdr\" header=\"From:\" assign_to=\"remote\"/>\
             </action></recv>\n<Reference variables=\"local,remote\"/>",
            seconds * 1_000
        ))
    }

    /// Answers the last INVITE with 200 and a session description, and awaits the ACK.
    pub fn accept(mut self) -> Scenario {
        let sdp = self.sdp.clone();
        let text = self.response_text(200, "OK", &sdp);
        self.in_dialog = true;
        self.send(&text, " retrans=\"500\"").request("ACK", 10)
    }

    /// Is rung, rings for `ring_ms`, and takes the call.
    pub fn takes_call(self, seconds: u32, ring_ms: u32) -> Scenario {
        let ringing = self.rung(seconds).reply(180, "Ringing");
        // sipp, just started, may never come back from a pause of no length.
        if ring_ms == 0 { ringing.accept() } else { ringing.pause(ring_ms).accept() }
    }

    /// Is rung and refuses with `code`.
    pub fn refuses(self, seconds: u32, code: u16, reason: &str) -> Scenario {
        let ringing = self.rung(seconds).reply(180, "Ringing");
        let text = ringing.response_text(code, reason, "");
        ringing.send(&text, " retrans=\"500\"").request("ACK", 10)
    }

    /// Is rung, never answers, and is told to stop within `seconds` more.
    pub fn rings_in_vain(self, seconds: u32) -> Scenario {
        self.rung(seconds).reply(180, "Ringing").expects_cancel(seconds)
    }

    /// Answers in the very moment in which it is told to stop: the 200 crosses the CANCEL; the leg must be ended properly.
    pub fn answers_too_late(self, seconds: u32) -> Scenario {
        let cancelled = self.rung(seconds).reply(180, "Ringing").request("CANCEL", seconds).reply(200, "OK");
        let text = cancelled.response_text(200, "OK", &cancelled.sdp);
        let crossing = text.replace("[last_CSeq:]", "CSeq: [last_cseq_number] INVITE");
        let mut answered = cancelled.send(&crossing, " retrans=\"500\"").request("ACK", 10);
        answered.in_dialog = true;
        answered.expects_bye(10)
    }

    /// Is told to stop ringing: 200 to the CANCEL, 487 to the INVITE, whose ACK must come.
    pub fn expects_cancel(self, seconds: u32) -> Scenario {
        let cancelled = self.request("CANCEL", seconds).reply(200, "OK");
        let text =
            cancelled.response_text(487, "Request Terminated", "").replace("[last_CSeq:]", "CSeq: [last_cseq_number] INVITE");
        cancelled.send(&text, " retrans=\"500\"").request("ACK", 10)
    }

    /// A new offer within the dialog: holds (`sendonly`), resumes (`sendrecv`); takes the 200 and acknowledges.
    pub fn reinvite(mut self, direction: &str) -> Scenario {
        self.cseq += 1;
        let version = format!("o=- 1 {} IN", self.cseq);
        let sdp = self.sdp.replace("o=- 1 1 IN", &version).replace("a=sendrecv", &format!("a={direction}"));
        self.invite_step = self.steps.len();
        let text = self.own_request("INVITE", self.cseq, "", &sdp);
        self.send(&text, " retrans=\"500\"").maybe(100).response_to_invite().ack()
    }

    /// A key as SIP INFO, in the form `application/dtmf-relay`.
    pub fn info_key(self, key: char) -> Scenario {
        self.info("application/dtmf-relay", &format!("Signal={key}\nDuration=160\n"))
    }

    /// An INFO with a body; it must be answered with 200.
    pub fn info(mut self, kind: &str, body: &str) -> Scenario {
        self.cseq += 1;
        let text = self.own_request("INFO", self.cseq, &format!("Content-Type: {kind}\n"), body);
        self.send(&text, " retrans=\"500\"").response(200)
    }

    /// Any request within the dialog, without a body; takes `code`.
    pub fn asks(mut self, method: &str, headers: &str, code: u16) -> Scenario {
        self.cseq += 1;
        let text = self.own_request(method, self.cseq, headers, "");
        self.send(&text, " retrans=\"500\"").response(code)
    }

    /// Hangs up: BYE and its 200.
    pub fn bye(self) -> Scenario {
        self.asks("BYE", "", 200)
    }

    /// Is hung up on: a BYE must come within `seconds`; it is answered.
    pub fn expects_bye(self, seconds: u32) -> Scenario {
        self.request("BYE", seconds).reply(200, "OK")
    }

    /// Presses keys by RFC 4733.
    pub fn keys(self, keys: &str) -> Scenario {
        let capture = self.next_capture().keys(keys);
        self.play(capture.into_bytes()).pause(380 * keys.len() as u32 - 130)
    }

    /// Presses a key by RFC 4733 that is answered before it is let go.
    pub fn hasty_key(self, key: char) -> Scenario {
        let capture = self.next_capture().keys(&key.to_string());
        self.play(capture.into_bytes())
    }

    /// Presses one key of which only some packets arrive.
    pub fn lossy_key(self, key: char, arrives: impl Fn(u32) -> bool) -> Scenario {
        let capture = self.next_capture().key(key, arrives);
        self.play(capture.into_bytes()).pause(250)
    }

    /// Does nothing for a while; a message that comes meanwhile is a failure.
    pub fn pause(self, ms: u32) -> Scenario {
        self.step(format!("<pause milliseconds=\"{ms}\"/>"))
    }

    /// The scenario as XML; captures are to be written beside it under their names.
    pub fn xml(&self) -> String {
        let steps = self.steps.join("\n");
        format!("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<scenario name=\"cabrank\">\n{steps}\n</scenario>\n")
    }

    /// The captures the scenario plays: file name and content.
    pub fn captures(&self) -> &[(String, Vec<u8>)] {
        &self.keys
    }

    fn next_capture(&self) -> Capture {
        Capture::starting_at(160_000 * (1 + self.keys.len() as u32))
    }

    fn play(mut self, capture: Vec<u8>) -> Scenario {
        let name = format!("keys-{}.pcap", self.keys.len());
        let step = format!("<nop><action><exec play_pcap_audio=\"{name}\"/></action></nop>");
        self.keys.push((name, capture));
        self.step(step)
    }

    fn step(mut self, xml: String) -> Scenario {
        self.steps.push(xml);
        self
    }

    fn send(self, text: &str, attributes: &str) -> Scenario {
        self.step(format!("<send{attributes}><![CDATA[\n\n{text}\n]]></send>"))
    }

    /// A final answer to an INVITE carries the route set and the target of what follows.
    fn response_to_invite(self) -> Scenario {
        self.step("<recv response=\"200\" rrs=\"true\" timeout=\"20000\"/>".to_owned())
    }

    /// INVITE, and the CANCEL and ACK that belong to its transaction: sipp counts branches in steps back.
    fn first_request(&self, method: &str, body: &str) -> String {
        let (branch, to_tag) = match (self.steps.len() - self.invite_step, method) {
            (0, _) => ("[branch]".to_owned(), ""),
            (back, "ACK") => (format!("[branch-{back}]"), "[peer_tag_param]"),
            (back, _) => (format!("[branch-{back}]"), ""),
        };
        let own = format!(
            "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch={branch};rport\n\
             From: <sip:{}@[local_ip]:[local_port]>;tag=[pid]s[call_number]\n\
             To: <sip:[service]@[remote_ip]:[remote_port]>{to_tag}\n",
            self.number
        );
        self.request_text(&format!("{method} sip:[service]@[remote_ip]:[remote_port]"), &own, method, self.cseq, body)
    }

    fn own_request(&self, method: &str, cseq: u32, headers: &str, body: &str) -> String {
        let parties = match self.role {
            Role::Caller => format!(
                "From: <sip:{}@[local_ip]:[local_port]>;tag=[pid]s[call_number]\n\
                 To: <sip:[service]@[remote_ip]:[remote_port]>[peer_tag_param]\n",
                self.number
            ),
            Role::Agent => "From:[$local];tag=[pid]s[call_number]\nTo:[$remote]\n".to_owned(),
        };
        let via = "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch];rport\n[routes]\n";
        self.request_text(&format!("{method} [next_url]"), &format!("{via}{parties}{headers}"), method, cseq, body)
    }

    fn request_text(&self, line: &str, own: &str, method: &str, cseq: u32, body: &str) -> String {
        let typed = if method == "INVITE" && !body.is_empty() { "Content-Type: application/sdp\n" } else { "" };
        format!(
            "{line} SIP/2.0\n{own}Call-ID: [call_id]\nCSeq: {cseq} {method}\nContact: {}\nMax-Forwards: 70\n{}{typed}\
             Content-Length: [len]\n\n{body}",
            self.contact, self.headers
        )
    }

    fn response_text(&self, code: u16, reason: &str, body: &str) -> String {
        let tag = if self.in_dialog { "" } else { ";tag=[pid]s[call_number]" };
        let typed = if body.is_empty() { String::new() } else { format!("{}Content-Type: application/sdp\n", self.headers) };
        format!(
            "SIP/2.0 {code} {reason}\n[last_Via:]\n[last_Record-Route:]\n[last_From:]\n[last_To:]{tag}\n\
             [last_Call-ID:]\n[last_CSeq:]\nContact: {}\n{typed}Content-Length: [len]\n\n{body}",
            self.contact
        )
    }
}
