//! REFER (RFC 3515): an agent gives the caller back to one of the desk's queues. Any other transfer is declined.

use cabrank_core::{Input, OfferId, QueueId};
use rsipstack::sip::{Header, Method, Param, Request, StatusCode, Uri, typed};

use super::edge::Edge;
use super::effects::way_of;
use super::event::LegId;
use super::number::user_of;
use super::transactions::Incoming;

/// How a NOTIFY tells how a transfer went (RFC 3515 2.4.5).
const SIPFRAG: &str = "message/sipfrag;version=2.0";

/// What a REFER asks for.
#[derive(Debug, PartialEq)]
enum Referred {
    /// A call to this place.
    To(Uri),
    /// Something else than a call, or the joining of two.
    Otherwise,
    /// Not one Refer-To that can be read: 400 (RFC 3515 2.4.2).
    Malformed,
}

impl Edge {
    /// Takes a REFER inside a dialog.
    pub(super) fn on_refer(&mut self, leg: LegId, tx: Incoming) {
        let to = match referred(&tx.original) {
            Referred::To(uri) => uri,
            Referred::Otherwise => return self.refuse(tx, StatusCode::Decline, Vec::new()),
            Referred::Malformed => return self.refuse(tx, StatusCode::BadRequest, Vec::new()),
        };
        match (leg, self.queue_named(&to), self.legs.partner(leg)) {
            (LegId::Agent(offer), Some(queue), Some(LegId::Caller(_))) => self.give_back(offer, queue, tx),
            (LegId::Agent(_) | LegId::Caller(_), _, _) => self.refuse(tx, StatusCode::Decline, Vec::new()),
        }
    }

    fn queue_named(&self, to: &Uri) -> Option<QueueId> {
        self.queues.get(user_of(to)?.as_str()).copied()
    }

    /// The transfer is done as soon as it is asked for: the caller is back in line, and the desk lets the agent's leg go.
    fn give_back(&mut self, offer: OfferId, queue: QueueId, tx: Incoming) {
        let leg = LegId::Agent(offer);
        let Some(talk) = self.legs.talk(leg) else { return };
        let more = vec![
            talk.dialog.contact(),
            Header::Event("refer".into()),
            Header::SubscriptionState("terminated;reason=noresource".into()),
            Header::ContentType(SIPFRAG.into()),
        ];
        let notify = talk.dialog.request(Method::Notify, more, b"SIP/2.0 200 OK\r\n".to_vec());
        let (way, contact) = (way_of(talk), talk.dialog.contact());
        self.refuse(tx, StatusCode::Accepted, vec![contact]);
        self.transactions.tell(notify, way);
        self.desk.tell(Input::AgentReturned { offer, queue });
    }
}

fn referred(refer: &Request) -> Referred {
    let mut places = refer.headers.iter().filter_map(|header| {
        let Header::ReferTo(place) = header else { return None };
        Some(place.value())
    });
    let (Some(place), None) = (places.next(), places.next()) else { return Referred::Malformed };
    // The grammar of one address, name and all, is that of a Route.
    match typed::Route::parse_header_list(place).as_deref() {
        Ok([only]) if is_call(&only.uri) => Referred::To(only.uri.clone()),
        Ok([_]) => Referred::Otherwise,
        Ok([..]) | Err(_) => Referred::Malformed,
    }
}

/// Neither another method, nor headers for the new call: with `Replaces` two calls are to be joined (RFC 3891).
fn is_call(uri: &Uri) -> bool {
    let other_method = uri.params.iter().any(|param| matches!(param, Param::Method(method) if method.to_string() != "INVITE"));
    !other_method && uri.headers.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(headers: &str) -> Referred {
        let text = format!(
            "REFER sip:d@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK1\r\n\
             From: <sip:a@a>;tag=1\r\nTo: <sip:b@b>;tag=2\r\nCall-ID: c\r\nCSeq: 2 REFER\r\n{headers}\r\n"
        );
        referred(&Request::try_from(text.as_str()).unwrap())
    }

    fn user(headers: &str) -> Option<String> {
        match to(headers) {
            Referred::To(uri) => user_of(&uri),
            Referred::Otherwise | Referred::Malformed => None,
        }
    }

    #[test]
    fn a_place_is_read_in_each_of_its_forms() {
        for value in ["<sip:booking@desk>", "sip:booking@desk", "\"The line, please\" <sip:booking@desk;method=INVITE>"] {
            assert_eq!(user(&format!("Refer-To: {value}\r\n")).as_deref(), Some("booking"), "{value}");
            assert_eq!(user(&format!("r: {value}\r\n")).as_deref(), Some("booking"), "{value}");
        }
    }

    #[test]
    fn the_rest_is_told_apart() {
        assert_eq!(to("Refer-To: <sip:booking@desk;method=BYE>\r\n"), Referred::Otherwise);
        assert_eq!(to("Refer-To: <sip:booking@desk?Replaces=1%3Bto-tag%3D2>\r\n"), Referred::Otherwise);
        assert_eq!(to("Refer-To: <sip:a@b>, <sip:c@d>\r\n"), Referred::Malformed);
        assert_eq!(to("Refer-To: <sip:a@b>\r\nRefer-To: <sip:c@d>\r\n"), Referred::Malformed);
        assert_eq!(to(""), Referred::Malformed);
    }
}
