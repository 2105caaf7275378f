//! How the agents' time went.

use super::sheet::Sheet;
use super::{named, secs, share};
use crate::scenario::Scenario;
use crate::simulate::{AgentTally, Tally};
use crate::statistics::jain;
use std::collections::BTreeMap;

pub(super) fn write(sheet: &mut Sheet<'_>, tally: &Tally, scenario: &Scenario) {
    sheet.put("occupancy", occupancy(&tally.agents));
    sheet.count("calls", tally.agents.iter().map(|agent| agent.calls).sum());
    sheet.put("cost", tally.cost);
    sheet.put("idle_in_vain_s", secs(tally.idle_in_vain_us as f64));
    write_idle_shares(&mut sheet.under("idle_share"), tally, scenario);
}

/// The share of the time with callers and after them, in that and the idle time.
fn occupancy(agents: &[AgentTally]) -> Option<f64> {
    let busy = agents.iter().map(|agent| agent.talk_us + agent.wrap_up_us).sum();
    share(busy, busy + agents.iter().map(|agent| agent.idle_us).sum::<u64>())
}

fn write_idle_shares(sheet: &mut Sheet<'_>, tally: &Tally, scenario: &Scenario) {
    let mut groups: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    let mut by_agent = sheet.under("by_agent");
    for (n, (agent, settings)) in tally.agents.iter().zip(&scenario.settings.agents).enumerate() {
        let Some(idle) = share(agent.idle_us, agent.present_us) else { continue };
        by_agent.put(named(&settings.name, n), idle);
        let group = scenario.agents.get(n).map_or("", |roster| &roster.group);
        groups.entry(group).or_default().push(idle);
    }
    sheet.put("jain", groups.values().map(|idle| jain(idle)).min_by(f64::total_cmp));
}
