"""What `generate` and `check` agree on: the WAV format, the levels, and how both are measured.

Samples are floats from -1 to 1 at 8 kHz; levels are dB relative to full scale (dBFS).
"""

import array
import math
import operator
import sys
import wave

RATE = 8000
SPEECH_RMS_DBFS = -20.0  # over active speech only, so that pauses do not make a prompt louder
SPEECH_PEAK_DBFS_MAX = -1.0
MUSIC_RMS_DBFS = -25.0  # under the voice that interrupts it
MUSIC_PEAK_DBFS_MAX = -9.0
EDGE_SILENCE_MS = 60

FRAME = RATE // 100  # 10 ms
ACTIVE_RANGE_DB = 25.0  # frames this far below the loudest are pauses, not speech
TRIM_RANGE_DB = 42.0  # quieter still is cut from the ends: soft consonants stay above it
AUDIBLE_RANGE_DB = 46.0  # what `check` calls silence: a little less than is cut, so that rounding decides nothing

DTMF_LOW_HZ = (697, 770, 852, 941)
DTMF_HIGH_HZ = (1209, 1336, 1477, 1633)
DTMF_FRAME = RATE // 40  # 25 ms, taken every 12.5: a digit lasts 40 ms or more (ITU-T Q.24), so one lies inside it
DTMF_SHARE_MIN = 0.7  # of the frame's energy, both tones together; a digit has nearly all of it
DTMF_TWIST_DB_MAX = 10.0  # between the two tones; receivers accept 4 to 8 dB


def read_wav(path):
    """Parameters (channels, bytes a sample, rate) and samples of a WAV file; no samples unless 16-bit PCM."""
    with wave.open(str(path), "rb") as file:
        form = (file.getnchannels(), file.getsampwidth(), file.getframerate())
        data = file.readframes(file.getnframes())
    if form[1] != 2:
        return form, []
    samples = array.array("h", data[: len(data) // 2 * 2])
    if sys.byteorder == "big":
        samples.byteswap()
    return form, [sample / 32768 for sample in samples]


def write_wav(path, samples):
    """Write 8 kHz, 16-bit, mono. Samples must already be within full scale."""
    data = array.array("h", (round(sample * 32767) for sample in samples))
    if sys.byteorder == "big":
        data.byteswap()
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(data.tobytes())


def dbfs(amplitude):
    """An amplitude as dB relative to full scale; silence is -120."""
    return 20 * math.log10(max(amplitude, 1e-6))


def gain(db):
    """The factor that raises an amplitude by so many dB."""
    return 10 ** (db / 20)


def peak(samples):
    """The largest absolute sample; 0 for none."""
    return max(map(abs, samples), default=0.0)


def rms(samples):
    """The root mean square; 0 for none."""
    return math.sqrt(energy(samples) / len(samples)) if samples else 0.0


def energy(samples):
    """The sum of squares."""
    return sum(map(operator.mul, samples, samples))


def frame_levels(samples):
    """The RMS of every whole 10 ms frame."""
    whole = len(samples) - len(samples) % FRAME
    return [rms(samples[at : at + FRAME]) for at in range(0, whole, FRAME)]


def active_rms(samples):
    """The RMS over the frames in which somebody speaks."""
    levels = frame_levels(samples)
    floor = max(levels, default=0.0) * gain(-ACTIVE_RANGE_DB)
    active = [level for level in levels if level > floor]
    return math.sqrt(energy(active) / len(active)) if active else 0.0


def audible_span(samples, range_db):
    """First sample of the first frame within `range_db` of the loudest and the end of the last; (0, 0) for silence."""
    levels = frame_levels(samples)
    floor = max(levels, default=0.0) * gain(-range_db)
    audible = [at for at, level in enumerate(levels) if level > floor]
    return (audible[0] * FRAME, (audible[-1] + 1) * FRAME) if audible else (0, 0)


def dtmf_frames(samples):
    """Starts (in samples) of the frames that a receiver of touch tones could take for a digit."""
    floor = (peak(samples) * gain(-30)) ** 2 * DTMF_FRAME / 2
    starts = range(0, len(samples) - DTMF_FRAME + 1, DTMF_FRAME // 2)
    return [at for at in starts if _is_digit(samples[at : at + DTMF_FRAME], floor)]


def _is_digit(frame, floor):
    total = energy(frame)
    if total <= floor:
        return False
    low = max(_tone_energy(frame, table) for table in _LOW)
    if low / total < 0.05:  # the cheap half of the twist and share rules
        return False
    high = max(_tone_energy(frame, table) for table in _HIGH)
    twist_db = abs(10 * math.log10(max(high, 1e-12) / low))
    return (low + high) / total >= DTMF_SHARE_MIN and twist_db <= DTMF_TWIST_DB_MAX


def _tone_energy(frame, table):
    cosine, sine = table
    real = sum(map(operator.mul, frame, cosine))
    imaginary = sum(map(operator.mul, frame, sine))
    return (real * real + imaginary * imaginary) * 2 / DTMF_FRAME


def _table(hertz):
    step = 2 * math.pi * hertz / RATE
    return ([math.cos(step * n) for n in range(DTMF_FRAME)], [math.sin(step * n) for n in range(DTMF_FRAME)])


_LOW = [_table(hertz) for hertz in DTMF_LOW_HZ]
_HIGH = [_table(hertz) for hertz in DTMF_HIGH_HZ]
