"""Two desks in SimPy, written from what the README promises callers and agents, not from the simulator.

    python3 model.py impatience-general|two-skills-day REPLICATIONS

prints for each figure the mean over the replications, the standard error of it, and how many replications had it.
"""

import json
import math
import random
import statistics
import sys

import simpy

HOUR = 3600.0
SHORT_ABANDON_S = 5.0


class Kind:
    """Callers who are alike."""

    def __init__(self, name, queue, target, arrivals, handle, patience, level_2_after, within, wrap_up):
        self.name = name
        self.queue = queue
        self.target = target
        self.arrivals = arrivals  # (calls an hour, seconds for which that holds)
        self.handle = handle
        self.patience = patience
        self.level_2_after = level_2_after
        self.within = within  # of the service level
        self.wrap_up = wrap_up


class Model:
    def __init__(self, kinds, agents, warm_up_s, duration_s):
        self.kinds = kinds
        self.agents = agents  # for each agent: level by queue
        self.warm_up_s = warm_up_s
        self.duration_s = duration_s


def lognormal(mean, sd):
    sigma2 = math.log(1.0 + (sd / mean) ** 2)
    return lambda rng: rng.lognormvariate(math.log(mean) - sigma2 / 2.0, math.sqrt(sigma2))


def gamma(mean, sd):
    return lambda rng: rng.gammavariate((mean / sd) ** 2, sd * sd / mean)


def exponential(mean):
    return lambda rng: rng.expovariate(1.0 / mean)


def impatience_general():
    only = Kind("main", "main", 20.0, [(171.0, 11 * HOUR)], lognormal(180.0, 150.0), gamma(120.0, 90.0), None, 20.0, 20.0)
    return Model([only], [{"main": 1}] * 10, 1 * HOUR, 11 * HOUR)


def two_skills_day():
    def half_hours(*rates):
        return [(rate, 1800.0) for rate in rates]

    rates = half_hours(20, 30, 45, 50, 40, 30, 20, 15)
    twice = [(2 * rate, lasts) for rate, lasts in rates]
    of_support = half_hours(30, 40, 50, 55, 60, 50, 40, 30)
    talk = lognormal(200.0, 160.0)
    kinds = [
        Kind("sales.classes.gold", "sales", 20.0, rates, talk, exponential(300.0), 30.0, 20.0, 15.0),
        Kind("sales.classes.usual", "sales", 60.0, twice, talk, exponential(300.0), 30.0, 20.0, 15.0),
        Kind("support", "support", 90.0, of_support, lognormal(300.0, 300.0), gamma(480.0, 360.0), 60.0, 60.0, 30.0),
    ]
    agents = [{"sales": 1, "support": 2}] * 6 + [{"support": 1, "sales": 2}] * 5
    return Model(kinds, agents, 0.0, 4 * HOUR)


class Caller:
    def __init__(self, kind, env):
        self.kind = kind
        self.since = env.now
        self.agent_comes = env.event()

    def level_open(self, now):
        after = self.kind.level_2_after
        # The caller's own alarm rings at that very moment: rounding must not send it back.
        return 2 if after is not None and now - self.since >= after - 1e-6 else 1

    def urgency(self, now):
        return (now - self.since) / self.kind.target


class Desk:
    """Who is with whom: the longest idle of the best level for a caller, the most urgent caller for an agent."""

    def __init__(self, env, agents):
        self.env = env
        self.idle = list(agents)  # who has been idle longest first
        self.waiting = []  # who came first first

    def look_for_agent(self, caller):
        level_open = caller.level_open(self.env.now)
        able = [agent for agent in self.idle if agent.get(caller.kind.queue, 99) <= level_open]
        if able:
            agent = min(able, key=lambda agent: agent[caller.kind.queue])  # the first of several is idle longest
            self.idle = [other for other in self.idle if other is not agent]
            self.bring_together(caller, agent)

    def becomes_idle(self, agent):
        now = self.env.now
        able = [caller for caller in self.waiting if agent.get(caller.kind.queue, 99) <= caller.level_open(now)]
        if able:
            self.bring_together(max(able, key=lambda caller: caller.urgency(now)), agent)
        else:
            self.idle.append(agent)

    def bring_together(self, caller, agent):
        self.waiting.remove(caller)
        caller.agent_comes.succeed(agent)


def life(env, desk, kind, handle_s, patience_s, waits):
    me = Caller(kind, env)
    desk.waiting.append(me)
    desk.look_for_agent(me)
    alarms = [patience_s]
    if kind.level_2_after is not None and kind.level_2_after < patience_s:
        alarms.insert(0, kind.level_2_after)
    for alarm in alarms:
        if me.agent_comes.triggered:
            break
        yield me.agent_comes | env.timeout(me.since + alarm - env.now)
        if not me.agent_comes.triggered and alarm != patience_s:
            desk.look_for_agent(me)
    waits.append((kind, me.since, env.now - me.since, me.agent_comes.triggered))
    if not me.agent_comes.triggered:
        desk.waiting.remove(me)
        return
    yield env.timeout(handle_s)
    yield env.timeout(kind.wrap_up)
    desk.becomes_idle(me.agent_comes.value)


def source(env, desk, kind, rng, waits):
    for per_hour, lasts in kind.arrivals:
        until = env.now + lasts
        while True:
            gap = rng.expovariate(per_hour / HOUR)
            if env.now + gap >= until:  # the next stretch draws anew: exponential gaps do not remember
                yield env.timeout(until - env.now)
                break
            yield env.timeout(gap)
            env.process(life(env, desk, kind, kind.handle(rng), kind.patience(rng), waits))


def replication(model, seed):
    env, rng, waits = simpy.Environment(), random.Random(seed), []
    desk = Desk(env, [dict(agent) for agent in model.agents])
    for kind in model.kinds:
        env.process(source(env, desk, kind, random.Random(rng.random()), waits))
    env.run()
    return figures(model, [wait for wait in waits if wait[1] >= model.warm_up_s])


def figures(model, waits):
    found = {}
    for kind in model.kinds:
        of_kind = [(waited, answered) for other, _, waited, answered in waits if other is kind]
        answered = [waited for waited, answered in of_kind if answered]
        left = [waited for waited, answered in of_kind if not answered]
        left_late = [waited for waited in left if waited >= SHORT_ABANDON_S]
        within = sum(1 for waited in answered if waited <= kind.within)
        found[f"queues.{kind.name}.offered"] = len(of_kind)
        found[f"queues.{kind.name}.wait_s.mean"] = statistics.fmean(waited for waited, _ in of_kind)
        found[f"queues.{kind.name}.asa_s"] = statistics.fmean(answered)
        found[f"queues.{kind.name}.abandonment"] = len(left_late) / len(of_kind)
        found[f"queues.{kind.name}.service_level"] = within / (len(of_kind) - len(left) + len(left_late))
    return found


def main():
    model = {"impatience-general": impatience_general, "two-skills-day": two_skills_day}[sys.argv[1]]()
    days = [replication(model, seed) for seed in range(1, int(sys.argv[2]) + 1)]
    for name in days[0]:
        values = [day[name] for day in days]
        error = statistics.stdev(values) / math.sqrt(len(values))
        days[0][name] = {"mean": statistics.fmean(values), "error": error, "replications": len(values)}
    json.dump(days[0], sys.stdout, indent=1)


if __name__ == "__main__":
    main()
