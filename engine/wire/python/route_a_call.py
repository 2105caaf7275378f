#!/usr/bin/env python3
"""Has the desk route one call, over QUIC.

This is what a switch does that holds its own media: it offers a call, does what it is told (play, ring, connect) and says what
happened (a key, an answer, a hang-up). Here nothing is heard: a prompt is over at once, and the agent takes the call at the
first ring. The messages are those of engine/proto/cabrank.proto, whose comments say what each one means.
"""

import argparse
import asyncio
import hashlib
import importlib
import ssl
import sys
import tempfile
from pathlib import Path

from aioquic.asyncio import QuicConnectionProtocol, connect
from aioquic.quic.configuration import QuicConfiguration
from aioquic.quic.events import ConnectionTerminated, HandshakeCompleted, StopSendingReceived, StreamDataReceived, StreamReset
from cryptography.hazmat.primitives.serialization import Encoding
from grpc_tools import protoc

PROTO = Path(__file__).resolve().parents[2] / "proto"
MESSAGE_BYTES_MAX = 64 * 1024
SILENCE_S = 4.0
CODES = ["done", "the engine stops", "unreadable", "not let in", "read too slowly", "busy", "taken up elsewhere", "no such session"]


def schema():
    """The messages as Python classes, made from the schema. A program that is shipped makes them once, when it is built."""
    with tempfile.TemporaryDirectory() as folder:
        if protoc.main(["protoc", f"-I{PROTO}", f"--python_out={folder}", "cabrank.proto"]) != 0:
            sys.exit(f"{PROTO}/cabrank.proto cannot be compiled")
        sys.path.insert(0, folder)
        try:
            return importlib.import_module("cabrank_pb2")
        finally:
            sys.path.remove(folder)


v1 = schema()


class Refused(Exception):
    """The engine does not let us in, or lets us go."""


class Client(QuicConnectionProtocol):
    """A connection to the engine whose certificate has a fingerprint that was told beforehand."""

    fingerprint = None
    closed_because = None

    def __init__(self, *args, **named):
        super().__init__(*args, **named)
        self.readers = {}
        # Streams on which the engine wants to hear no more: nothing can be said on them.
        self.not_heard = set()

    def open(self):
        """A stream of its own; it begins with what is said first."""
        number = self._quic.get_next_available_stream_id()
        self.readers[number] = asyncio.StreamReader()
        return Stream(self, number, self.readers[number])

    def send(self, stream, data, end=False):
        if stream not in self.not_heard:
            self._quic.send_stream_data(stream, data, end)
            self.transmit()

    def quic_event_received(self, event):
        if isinstance(event, HandshakeCompleted):
            self.check(event)
        elif isinstance(event, StreamDataReceived):
            self.received(event)
        elif isinstance(event, StreamReset) and event.stream_id in self.readers:
            self.readers[event.stream_id].feed_eof()
        elif isinstance(event, StopSendingReceived):
            self.not_heard.add(event.stream_id)
        elif isinstance(event, ConnectionTerminated):
            self.terminated(event)

    def received(self, event):
        # Streams that the engine opens are about callers to be called back: this program has none.
        if event.stream_id in self.readers:
            self.readers[event.stream_id].feed_data(event.data)
            if event.end_stream:
                self.readers[event.stream_id].feed_eof()

    def terminated(self, event):
        with_a_code = event.frame_type is None and event.error_code < len(CODES)
        lost = f"the connection was lost: {event.reason_phrase}"
        self.closed_because = self.closed_because or (CODES[event.error_code] if with_a_code else lost)
        for reader in self.readers.values():
            reader.feed_eof()

    def check(self, handshake):
        # aioquic 1.7 has checked by now that the engine has the certificate's key; it has no public name for the certificate.
        certificate = self._quic.tls._peer_certificate.public_bytes(Encoding.DER)
        if hashlib.sha256(certificate).hexdigest() != self.fingerprint:
            self.closed_because = "the engine's certificate has another fingerprint"
            self.close()
        elif handshake.alpn_protocol != "cabrank/1":
            self.closed_because = "the engine does not speak cabrank/1"
            self.close()


class Stream:
    """Messages on a stream, each after its length."""

    def __init__(self, client, number, reader):
        self.client, self.number, self.reader = client, number, reader

    def say(self, message):
        """Says it, unless the engine is done with this stream."""
        body = message.SerializeToString()
        self.client.send(self.number, varint(len(body)) + body)

    async def hear(self, kind):
        """The next message; None once the engine has no more to say."""
        length, shift = 0, 0
        while True:
            byte = await self.reader.read(1)
            if not byte:
                return None
            length |= (byte[0] & 0x7F) << shift
            shift += 7
            if length > MESSAGE_BYTES_MAX:
                raise Refused(f"a message of {length} bytes")
            if byte[0] < 0x80:
                return kind.FromString(await self.reader.readexactly(length))

    def finish(self):
        """Has no more to say."""
        self.client.send(self.number, b"", end=True)


def varint(number):
    """As protobuf has it: seven bits a byte, the lowest first."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(out) + bytes([number])


async def stay_alive(client):
    """Lets the engine hear from us, so that a long wait is not taken for a lost connection."""
    while True:
        await asyncio.sleep(SILENCE_S)
        await client.ping()


async def let_in(client, name, token):
    """Says hello on the session stream, which stays open as long as the session."""
    if client.closed_because:
        raise Refused(client.closed_because)
    session = client.open()
    session.say(v1.Hello(role=v1.ROLE_GATEWAY, name=name, token=token, software="route_a_call.py"))
    welcome = await session.hear(v1.Welcome)
    if welcome is None:
        raise Refused(client.closed_because)
    print(f"let in by {welcome.desk}, engine {welcome.engine}")
    return session


class Call:
    """One call, on a stream of its own."""

    def __init__(self, stream, press, talk_s):
        self.stream, self.press, self.talk_s = stream, press, talk_s
        self.played = 0

    async def route(self, line, caller):
        """Offers it, and does what it is told to the end."""
        self.say(offer=v1.Offer(line=line, caller=caller))
        while (told := await self.stream.hear(v1.ToGateway)) is not None:
            kind = told.WhichOneof("message")
            # What a later version of the schema may say is passed over.
            if kind is not None:
                await getattr(self, kind)(getattr(told, kind))
        self.stream.finish()

    def say(self, **message):
        self.stream.say(v1.FromGateway(**message))

    async def offered(self, offered):
        print(f"call {offered.call:016x}")

    async def refused(self, refused):
        raise Refused(f"{v1.Refused.Why.Name(refused.why)}, come back in {refused.retry_after_ms} ms")

    async def answer(self, _):
        print("answer")

    async def play(self, play):
        if play.play < self.played:
            return
        self.played = play.play
        print(f"play {v1.Meaning.Name(play.meaning)}: {' '.join(play.prompts)} ({play.language}, keys {play.keys or 'none'})")
        self.quote(play.eta_ms)
        if self.press and self.press in play.keys:
            print(f"press {self.press}")
            self.say(digit=v1.Digit(key=self.press))
            self.press = None
        self.say(prompt_ended=v1.PromptEnded(play=play.play))

    def quote(self, at_most_ms):
        # 0: nothing can be said yet.
        if at_most_ms:
            print(f"quote {at_most_ms} ms")

    async def music(self, music):
        if music.play < self.played:
            return
        self.played = music.play
        print(f"music {music.prompt}")
        self.say(ask_place=v1.AskPlace())

    async def place(self, place):
        print(f"place in {place.queue}: {place.ahead} ahead")
        self.quote(place.at_most_ms)

    async def ring(self, ring):
        print(f"ring {ring.agent} for {ring.context.caller}: {ring.context.sentence}")
        self.say(agent_ringing=v1.AgentRinging(offer=ring.offer))
        self.say(agent_answered=v1.AgentAnswered(offer=ring.offer))

    async def stop_ringing(self, _):
        print("stop ringing")

    async def connect(self, connect):
        print("connect")
        await asyncio.sleep(self.talk_s)
        self.say(agent_gone=v1.AgentGone(offer=connect.offer))

    async def release(self, _):
        print("release the agent")

    async def hang_up(self, _):
        print("hang up")

    async def call_back(self, call_back):
        print(f"call back {call_back.number}")

    async def fault(self, fault):
        print(f"fault {fault.word}: {fault.sentence}")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("engine", metavar="quic://HOST:PORT", help="where it listens, as it prints at its start")
    parser.add_argument("--fingerprint", required=True, help="of its certificate, as it prints at its start: sha256:…")
    parser.add_argument("--name", default="pbx", help="ours under [[quic.peer]] (%(default)s)")
    parser.add_argument("--token-file", required=True, type=Path, help="the peer's token")
    parser.add_argument("--line", default="taxi", help="the number that was dialled (%(default)s)")
    parser.add_argument("--caller", default="alice", help="the caller's number (%(default)s)")
    parser.add_argument("--press", metavar="KEY", help="a key that the caller presses as soon as it means something")
    parser.add_argument("--talk", metavar="SECONDS", type=float, default=1.0, help="how long caller and agent talk (%(default)s)")
    return parser.parse_args()


async def main(asked):
    host, _, port = asked.engine.removeprefix("quic://").rpartition(":")
    # The certificate signs itself: no authority vouches for it, its fingerprint does.
    configuration = QuicConfiguration(is_client=True, alpn_protocols=["cabrank/1"], verify_mode=ssl.CERT_NONE, idle_timeout=15.0)
    client = None

    def made(*args, **named):
        nonlocal client
        client = Client(*args, **named)
        client.fingerprint = asked.fingerprint.removeprefix("sha256:").replace(":", "").lower()
        return client

    try:
        async with connect(host.strip("[]"), int(port), configuration=configuration, create_protocol=made):
            session = await let_in(client, asked.name, asked.token_file.read_text().strip())
            alive = asyncio.create_task(stay_alive(client))
            call = Call(client.open(), asked.press, asked.talk)
            await call.route(asked.line, asked.caller)
            if client.closed_because:
                raise Refused(client.closed_because)
            alive.cancel()
            session.finish()
    except ConnectionError:
        raise Refused(client.closed_because) from None


if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True)
    try:
        asyncio.run(main(arguments()))
    except KeyboardInterrupt:
        sys.exit(130)
    except Refused as refused:
        sys.exit(f"route_a_call.py: {refused}")
