//! Agents' phones register.

use cabrank_core::{Input, PhoneLost};

use super::super::digest::{Algorithm, answer_for_tests};
use super::desk::{TestDesk, Wishes};
use super::phone::{Message, Phone};

impl Phone {
    /// Registers `a101` by SHA-256.
    pub(super) fn register(&mut self) {
        let ok = self.register_as("a101", "pw", Algorithm::Sha256, "Expires: 600\r\n");
        assert_eq!(ok.what(), "200", "{}", ok.0);
    }

    fn register_as(&mut self, user: &str, password: &str, algorithm: Algorithm, more: &str) -> Message {
        let to = format!("<sip:{user}@taxi>");
        self.request("REGISTER", "sip:taxi", &to, more, "");
        let challenge = self.expect("401");
        let authorization = authorization(&challenge, user, password, algorithm);
        self.request("REGISTER", "sip:taxi", &to, &format!("{more}{authorization}"), "");
        self.next().unwrap()
    }
}

fn authorization(challenge: &Message, user: &str, password: &str, algorithm: Algorithm) -> String {
    let offered = challenge.all("WWW-Authenticate");
    let name = format!("algorithm={}", algorithm.name());
    let offer = offered.iter().find(|offer| offer.contains(&name)).unwrap();
    let nonce = offer.split("nonce=\"").nth(1).unwrap().split('"').next().unwrap();
    format!("Authorization: {}\r\n", answer_for_tests(user, "taxi", password, algorithm, nonce))
}

fn reached(input: &Input) -> Option<()> {
    matches!(input, Input::PhoneReached { .. }).then_some(())
}

#[test]
fn a_phone_registers_with_either_hash_and_de_registers() {
    let desk = TestDesk::start(Wishes::default());
    for algorithm in [Algorithm::Sha256, Algorithm::Md5] {
        let mut phone = Phone::on("127.0.0.3", desk.udp());
        let ok = phone.register_as("a101", "pw", algorithm, "Expires: 600\r\n");
        assert_eq!(ok.what(), "200");
        assert!(ok.header("Contact").ends_with(";expires=600"), "{}", ok.0);
        desk.hears("the phone", reached);
        let ok = phone.register_as("a101", "pw", algorithm, "Expires: 0\r\n");
        assert_eq!((ok.what(), ok.find("Contact")), ("200", None));
        let how = desk.hears("its loss", |input| if let Input::PhoneLost { how, .. } = input { Some(*how) } else { None });
        assert_eq!(how, PhoneLost::Deregistered);
    }
}

#[test]
fn both_hashes_are_offered_the_stronger_first() {
    let desk = TestDesk::start(Wishes::default());
    let mut phone = Phone::on("127.0.0.3", desk.udp());
    phone.request("REGISTER", "sip:taxi", "<sip:a101@taxi>", "", "");
    let challenge = phone.expect("401");
    let offers = challenge.all("WWW-Authenticate");
    assert!(offers[0].contains("SHA-256") && offers[1].contains("MD5"), "{offers:?}");
}

#[test]
fn a_wrong_password_and_an_unknown_user_are_refused_alike() {
    let desk = TestDesk::start(Wishes::default());
    let answers = [("a101", "wrong"), ("ghost", "pw")].map(|(user, password)| {
        let mut phone = Phone::on("127.0.0.3", desk.udp());
        phone.register_as(user, password, Algorithm::Sha256, "").0.lines().next().unwrap().to_owned()
    });
    assert_eq!(answers, ["SIP/2.0 403 Forbidden", "SIP/2.0 403 Forbidden"]);
}

#[test]
fn nobody_registers_another() {
    let desk = TestDesk::start(Wishes { contact: Some(([127, 0, 0, 1], 15_999).into()), ..Wishes::default() });
    let mut phone = Phone::on("127.0.0.3", desk.udp());
    phone.request("REGISTER", "sip:taxi", "<sip:a102@taxi>", "", "");
    let authorization = authorization(&phone.expect("401"), "a101", "pw", Algorithm::Sha256);
    phone.request("REGISTER", "sip:taxi", "<sip:a102@taxi>", &authorization, "");
    phone.expect("403");
}

#[test]
fn a_replayed_answer_is_stale_and_too_brief_a_time_is_said_so() {
    let desk = TestDesk::start(Wishes::default());
    let mut phone = Phone::on("127.0.0.3", desk.udp());
    let to = "<sip:a101@taxi>";
    phone.request("REGISTER", "sip:taxi", to, "", "");
    let authorization = authorization(&phone.expect("401"), "a101", "pw", Algorithm::Sha256);
    phone.request("REGISTER", "sip:taxi", to, &authorization, "");
    phone.expect("200");
    phone.request("REGISTER", "sip:taxi", to, &authorization, "");
    assert!(phone.expect("401").header("WWW-Authenticate").contains("stale=true"));
    let brief = phone.register_as("a101", "pw", Algorithm::Sha256, "Expires: 5\r\n");
    assert_eq!((brief.what(), brief.header("Min-Expires")), ("423", "60"));
}
