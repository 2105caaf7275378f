//! Faults in what is written down of calls, and in who else is told.

use super::Case;

/// A good webhook but for these lines.
macro_rules! webhook {
    (name: $line:literal) => {
        webhook!($line, "url = \"https://crm.example\"", "events = [\"call.ended\"]", "secret_file = \"secrets/crm\"")
    };
    (url: $line:literal) => {
        webhook!("name = \"crm\"", $line, "events = [\"call.ended\"]", "secret_file = \"secrets/crm\"")
    };
    (events: $line:literal) => {
        webhook!("name = \"crm\"", "url = \"https://crm.example\"", $line, "secret_file = \"secrets/crm\"")
    };
    (secret: $line:literal) => {
        webhook!("name = \"crm\"", "url = \"https://crm.example\"", "events = [\"call.ended\"]", $line)
    };
    ($name:literal, $url:literal, $events:literal, $secret:literal) => {
        concat!("[[webhook]]\n", $name, "\n", $url, "\n", $events, "\n", $secret, "\n[sip]")
    };
}

pub(super) const CASES: &[Case] = &[
    // Records.
    Case("[sip]", "[records]\ndisposition = []\n[sip]", "disposition", "unknown key `disposition`", "`dispositions`?"),
    Case("[sip]", "[records]\ndispositions = \"sent\"\n[sip]", "dispositions", "not a list", "write it in `[`"),
    Case("[sip]", "[records]\ndispositions = [\"taxi sent\"]\n[sip]", "dispositions", "cannot be a name", "letters, digits"),
    Case(
        "[sip]",
        "[records]\ndispositions = [\"sent\", \"sent\"]\n[sip]",
        "dispositions",
        "the disposition `sent` was there already",
        "choose another",
    ),
    Case("[sip]", "[records]\nrepeat_within_days = 0\n[sip]", "repeat_within", "0 is out of bounds", "from 1 to 365"),
    Case("[sip]", "[records]\nrepeat_within_days = \"7d\"\n[sip]", "repeat_within", "not a whole number", "from 1 to 365"),
    // Webhooks.
    Case("[sip]", webhook!(name: ""), "[[webhook]]", "[[webhook]] has no `name`", "add `name = \"crm\"`"),
    Case("[sip]", webhook!(name: "name = \"the CRM\""), "name = \"the", "cannot be a name", "letters, digits"),
    Case("[sip]", webhook!(url: ""), "[[webhook]]", "[[webhook]] has no `url`", "https://crm.example/hooks"),
    Case("[sip]", webhook!(url: "url = \"crm.example\""), "url = \"crm", "is no URL", "https://"),
    Case("[sip]", webhook!(url: "url = \"ftp://crm.example\""), "url = \"ftp", "is no http:", "https://"),
    Case("[sip]", webhook!(url: "url = \"https://me:pw@crm.example\""), "me:pw", "has credentials in it", "https://"),
    Case("[sip]", webhook!(events: ""), "[[webhook]]", "[[webhook]] has no `events`", "[\"call.ended\"]"),
    Case("[sip]", webhook!(events: "events = []"), "events = []", "it is told of nothing", "such as \"call.ended\""),
    Case("[sip]", webhook!(events: "events = [\"call.end\"]"), "call.end\"", "`call.end` is no", "did you mean `call.ended`?"),
    Case(
        "[sip]",
        webhook!(events: "events = [\"call.ended\", \"call.ended\"]"),
        "events",
        "the event `call.ended` was there already",
        "leave one out",
    ),
    Case("[sip]", webhook!(secret: ""), "[[webhook]]", "nothing to sign with", "openssl rand -base64 32"),
    Case(
        "[sip]",
        webhook!(secret: "secret_file = \"secrets/none\""),
        "secrets/none",
        "cannot be read",
        "where the configuration",
    ),
    Case("[sip]", webhook!(secret: "secret_file = \"secrets/a101\""), "[[webhook]]", "does not begin with `whsec_`", "openssl"),
    Case("[sip]", webhook!(secret: "secret = \"whsec_c2hvcnQ=\""), "[[webhook]]", "is no 24 to 64 bytes long", "openssl"),
    Case("[sip]", webhook!(secret: "secret = \"whsec_?\""), "[[webhook]]", "is no Base64", "openssl"),
    Case(
        "[sip]",
        concat!(
            "[[webhook]]\nname = \"crm\"\nurl = \"https://a.example\"\nevents = [\"case.opened\"]\nsecret_file = \"secrets/crm\"\n",
            "[[webhook]]\nname = \"crm\"\nurl = \"https://b.example\"\nevents = [\"case.opened\"]\nsecret_file = \"secrets/crm\"\n[sip]"
        ),
        "name = \"crm\"",
        "the webhook `crm` was there already",
        "choose another",
    ),
];
