"""Software synchronisation (rpi.SyncMode): servers announce when they will be ready, clients shift their frames to match.

Source: libcamera v0.7.1, src/ipa/rpi/controller/rpi/sync.cpp: a packet every 30 frames, ready after 100 frames unless told
otherwise, corrections below 50 us are left alone. `Network` stands for the multicast group, one for all hosts of a rig.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from hil.sim.exchange import Alone, Exchange

OFF, SERVER, CLIENT = 0, 1, 2
_PERIOD_FRAMES, _READY_FRAMES, _LEAST_CORRECTION_US = 30, 100, 50
_TOPIC = "sync packet"


@dataclass(frozen=True, slots=True)
class Packet:
    """What a server sends; times in us of the server's wall clock."""

    frame_us: int
    frame_stamp_us: int
    ready_us: int


@dataclass(slots=True)
class Network:
    """The packets sent so far, from hosts in this process and in others."""

    exchange: Exchange = field(default_factory=Alone)
    packets: list[Packet] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.exchange.hear(_TOPIC, self.packets.append)

    def send(self, packet: Packet) -> None:
        """Have every host receive it, at once."""
        self.packets.append(packet)
        self.exchange.tell(_TOPIC, packet)


class Sync:
    """One camera's part in it."""

    def __init__(self, network: Network) -> None:
        """`network`: where servers and clients meet."""
        self._network = network
        self.mode, self.ready_frames = OFF, _READY_FRAMES
        self.reset()

    def reset(self) -> None:
        """Forget everything: after a start, or when synchronisation is switched off."""
        self.ready, self.timer_us, self.known = False, 0, False
        self._frames = self._since_packet = self._last_us = 0
        self._estimate_us = 0.0
        self._server: Packet | None = None
        self._read = len(self._network.packets)

    def set_mode(self, mode: int) -> None:
        """Off, server or client."""
        self.mode = mode
        if mode == OFF:
            self.reset()

    def process(self, wall_ns: int, frame_us: int) -> int:
        """One frame, stamped by the wall clock, at the programmed duration; returns by how many us the next one is to be shorter."""
        stamp = wall_ns // 1000
        dropped = 0
        if self._frames:
            stamp = max(stamp, self._last_us + frame_us // 2)
            dropped = (stamp - self._last_us - frame_us // 2) // frame_us
            self._frames += dropped
        correction = self._serve(stamp, frame_us, dropped) if self.mode == SERVER else self._follow(stamp)
        self._last_us = stamp
        self._frames += 1
        return correction

    def _serve(self, stamp: int, frame_us: int, dropped: int) -> int:
        self._since_packet += dropped
        if not self._frames:
            self._estimate_us = float(frame_us)
        else:
            took, weight = (stamp - self._last_us) / (1 + dropped), min(self._frames, 99)
            self._estimate_us = took if self._frames == 1 else (weight * self._estimate_us + took) / (weight + 1)
        ready_us = stamp + int((self.ready_frames - self._frames) * self._estimate_us)
        if self._since_packet >= _PERIOD_FRAMES:
            self._since_packet = 0
            self._network.send(Packet(round(self._estimate_us), stamp, ready_us))
        self._since_packet += 1
        self._tell(stamp, ready_us)
        return 0

    def _follow(self, stamp: int) -> int:
        packets, self._read = self._network.packets[self._read :], len(self._network.packets)
        correction = 0
        if packets:
            self._server = packets[-1]
            self._estimate_us = float(self._server.frame_us)
            behind = (stamp - self._server.frame_stamp_us + self._server.frame_us // 2) // self._server.frame_us
            correction = stamp - behind * self._server.frame_us - self._server.frame_stamp_us
        if self._server is not None:
            self._tell(stamp, self._server.ready_us)
        return correction if abs(correction) >= _LEAST_CORRECTION_US else 0

    def _tell(self, stamp: int, ready_us: int) -> None:
        self.timer_us, self.known = ready_us - stamp, True
        self.ready = self.ready or stamp + self._estimate_us / 2 > ready_us
