"""The music on hold: sixteen bars in D major, soft chords under a plucked arpeggio, and a slow tune.

It is drawn on a ring, so a note that rings past the end goes on at the beginning: the loop has no seam.
Everything sounding lies between 290 and 3000 Hz, which a telephone carries. D major keeps F5 and A#5, which are
touch tones to the ear of a receiver, out of the score; overtones are too soft to pair with a fundamental.
"""

import math

from sound import MUSIC_PEAK_DBFS_MAX, MUSIC_RMS_DBFS, RATE, gain, peak, rms

BAR_S = 2.7
NOTES = dict(zip("D4 E4 F#4 G4 A4 B4 C#5 D5 E5 F#5 G5 A5 B5".split(), (62, 64, 66, 67, 69, 71, 73, 74, 76, 78, 79, 81, 83)))
CHORDS = {
    "Dmaj7": "D4 F#4 A4 C#5",
    "Bm7": "D4 F#4 A4 B4",
    "Gmaj7": "G4 B4 D5 F#5",
    "Em7": "E4 G4 B4 D5",
    "F#m7": "E4 F#4 A4 C#5",
    "Asus": "E4 A4 B4 D5",
    "A": "E4 A4 C#5 E5",
}
BARS = "Dmaj7 Bm7 Gmaj7 Asus Dmaj7 F#m7 Gmaj7 A Em7 A F#m7 Bm7 Gmaj7 Em7 Asus A".split()
TUNE = "- - - - - - - - B5 A5 A5 F#5 D5 E5 - -".split()
ARPEGGIO = ((0, 1.0), (2, 0.6), (1, 0.7), (3, 0.65), (2, 0.85), (3, 0.6), (1, 0.7), (2, 0.55))

PLUCK = ((1, 1.0, 0.9), (2, 0.3, 0.5), (3, 0.18, 0.3))  # overtone, strength, seconds of decay
CHORD = ((1, 1.0), (2, 0.15), (3, 0.06))


def compose():
    """The whole loop as samples at the level a caller should hear."""
    ring = [0.0] * round(len(BARS) * BAR_S * RATE)
    for bar, (chord, tune) in enumerate(zip(BARS, TUNE)):
        notes = [_hertz(note) for note in CHORDS[chord].split()]
        _add_chord(ring, bar * BAR_S, notes)
        _add_arpeggio(ring, bar * BAR_S, notes)
        if tune != "-":
            _add(ring, (bar + 0.25) * BAR_S, _swell(_hertz(tune), 0.75 * BAR_S, 0.5))
    return _at_level(ring)


def _hertz(note):
    return 440.0 * 2 ** ((NOTES[note] - 69) / 12)


def _add_chord(ring, start_s, notes):
    for hertz in notes:
        for detune in (0.9988, 1.0012):  # two voices a hair apart: warmth instead of a dial tone
            _add(ring, start_s - 0.3, _swell(hertz * detune, BAR_S + 0.6, 0.075))


def _add_arpeggio(ring, start_s, notes):
    for step, (index, strength) in enumerate(ARPEGGIO):
        _add(ring, start_s + step * BAR_S / len(ARPEGGIO), _pluck(notes[index], strength))


def _add(ring, start_s, sound):
    at = round(start_s * RATE)
    for n, sample in enumerate(sound):
        ring[(at + n) % len(ring)] += sample


def _pluck(hertz, strength):
    length = round(2.0 * RATE)
    out = [0.0] * length
    for overtone, level, decay_s in PLUCK:
        step = 2 * math.pi * hertz * overtone / RATE
        for n in range(length):
            out[n] += strength * level * math.exp(-n / (decay_s * RATE)) * math.sin(step * n)
    return _faded(out, 0.012, 0.4)


def _swell(hertz, seconds, strength):
    length = round(seconds * RATE)
    steps = [(2 * math.pi * hertz * overtone / RATE, strength * level) for overtone, level in CHORD]
    out = [sum(level * math.sin(step * n) for step, level in steps) for n in range(length)]
    return _faded(out, 0.6, 0.7)


def _faded(samples, attack_s, release_s):
    """Half a cosine up and half a cosine down, so nothing starts or stops with a click."""
    for n in range(round(attack_s * RATE)):
        samples[n] *= _slope(n / (attack_s * RATE))
    for n in range(round(release_s * RATE)):
        samples[-1 - n] *= _slope(n / (release_s * RATE))
    return samples


def _slope(part):
    return (1 - math.cos(math.pi * part)) / 2


def _at_level(samples):
    factor = min(gain(MUSIC_RMS_DBFS) / rms(samples), gain(MUSIC_PEAK_DBFS_MAX - 0.5) / peak(samples))
    return [sample * factor for sample in samples]
