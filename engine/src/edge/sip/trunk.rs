//! Who may send calls without registering, and how far their word is believed.

use std::net::IpAddr;

use ipnet::IpNet;
use rsipstack::sip::Uri;

/// How far a trunk's statement of the caller's number is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// Believe the number (P-Asserted-Identity, RFC 3325, else From).
    Trusted,
    /// Show the number, believe nothing.
    Untrusted,
    /// STIR/SHAKEN decides.
    Attested,
}

impl Trust {
    /// Whether the trunk's own word on the number is enough.
    #[must_use]
    pub fn believes(self) -> bool {
        match self {
            Trust::Trusted => true,
            Trust::Untrusted | Trust::Attested => false,
        }
    }
}

/// A carrier or switch that sends calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trunk {
    /// Its name in the settings.
    pub name: String,
    /// The networks it sends from.
    pub from: Vec<IpNet>,
    /// How far it is believed.
    pub trust: Trust,
    /// Where it takes calls to its callers; the number is put in front of it.
    pub outbound: Option<Uri>,
}

/// Which trunk: its place in the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TrunkId(usize);

/// All trunks of the edge.
#[derive(Debug, Clone, Default)]
pub(super) struct Trunks(Vec<(IpNet, usize)>, Vec<Trunk>);

impl Trunks {
    /// The narrowest network goes first, so that an exception inside a wide one is found.
    #[must_use]
    pub(super) fn new(trunks: Vec<Trunk>) -> Trunks {
        let mut nets: Vec<(IpNet, usize)> =
            trunks.iter().enumerate().flat_map(|(i, t)| t.from.iter().map(move |n| (*n, i))).collect();
        nets.sort_by_key(|(net, _)| std::cmp::Reverse(net.prefix_len()));
        Trunks(nets, trunks)
    }

    /// The trunk a source address belongs to.
    #[must_use]
    pub(super) fn of(&self, source: IpAddr) -> Option<(TrunkId, &Trunk)> {
        // A dual-stack socket shows IPv4 peers as mapped addresses.
        let source = source.to_canonical();
        let (_, index) = self.0.iter().find(|(net, _)| net.contains(&source))?;
        Some((TrunkId(*index), self.1.get(*index)?))
    }

    /// The way to a caller who came in through `trunk`: back through it, else through the first trunk that takes calls.
    #[must_use]
    pub(super) fn way_out(&self, trunk: Option<TrunkId>) -> Option<&Uri> {
        let own = trunk.and_then(|TrunkId(index)| self.1.get(index)?.outbound.as_ref());
        own.or_else(|| self.1.iter().find_map(|trunk| trunk.outbound.as_ref()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trunk(name: &str, from: &[&str], trust: Trust) -> Trunk {
        Trunk { name: name.into(), from: from.iter().map(|n| n.parse().unwrap()).collect(), trust, outbound: None }
    }

    #[test]
    fn the_narrowest_network_decides() {
        let trunks = Trunks::new(vec![
            trunk("wide", &["10.0.0.0/8"], Trust::Untrusted),
            trunk("narrow", &["10.1.0.0/16", "2001:db8::/32"], Trust::Trusted),
        ]);
        let name = |ip: &str| trunks.of(ip.parse().unwrap()).map(|(_, t)| t.name.as_str());
        assert_eq!(name("10.1.2.3"), Some("narrow"));
        assert_eq!(name("10.2.2.3"), Some("wide"));
        assert_eq!(name("::ffff:10.1.2.3"), Some("narrow"));
        assert_eq!(name("2001:db8::1"), Some("narrow"));
        assert_eq!(name("192.0.2.1"), None);
    }

    #[test]
    fn the_way_back_is_the_way_in_if_it_can_be() {
        let to = |place: &str| Some(Uri::try_from(place).unwrap());
        let one_way = trunk("one-way", &["10.0.0.0/8"], Trust::Trusted);
        let first = Trunk { outbound: to("sip:192.0.2.1"), ..trunk("first", &["11.0.0.0/8"], Trust::Trusted) };
        let second = Trunk { outbound: to("sip:192.0.2.2"), ..trunk("second", &["12.0.0.0/8"], Trust::Trusted) };
        let trunks = Trunks::new(vec![one_way.clone(), first, second]);
        let way = |ip: &str| trunks.way_out(trunks.of(ip.parse().unwrap()).map(|(id, _)| id)).map(ToString::to_string);
        assert_eq!(way("12.0.0.1").as_deref(), Some("sip:192.0.2.2"));
        assert_eq!(way("10.0.0.1").as_deref(), Some("sip:192.0.2.1"));
        assert_eq!(way("9.0.0.1").as_deref(), Some("sip:192.0.2.1"));
        assert_eq!(Trunks::new(vec![one_way]).way_out(None), None);
    }

    #[test]
    fn only_a_trusted_trunk_is_believed_by_its_word() {
        assert!(Trust::Trusted.believes() && !Trust::Attested.believes() && !Trust::Untrusted.believes());
    }
}
