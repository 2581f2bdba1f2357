"""Packed raw lines become the pixels that MIPI CSI-2 says, and channel means are exact."""

from __future__ import annotations

import numpy as np
import pytest

from hil.measure import blocks
from hil.measure.raw import ClippedShare, RegionMean, RowMeans, Together, channel_means, packed_channel_means, unpack_csi2p


def test_raw10_is_four_high_bytes_and_a_byte_of_low_bits() -> None:
    line = np.array([[0x80, 0x01, 0xFF, 0x00, 0b11_01_10_00]], dtype=np.uint8)
    assert unpack_csi2p(line, 4, 10).tolist() == [[0x200, 0x006, 0x3FD, 0x003]]


def test_raw12_is_two_high_bytes_and_a_byte_of_low_bits() -> None:
    line = np.array([[0xAB, 0x12, 0x3C]], dtype=np.uint8)
    assert unpack_csi2p(line, 2, 12).tolist() == [[0xABC, 0x123]]


def test_raw14_is_four_high_bytes_and_three_of_low_bits() -> None:
    low = 0b000001 | 0b000010 << 6 | 0b000100 << 12 | 0b111111 << 18
    line = np.array([[1, 2, 3, 255, low & 255, low >> 8 & 255, low >> 16]], dtype=np.uint8)
    assert unpack_csi2p(line, 4, 14).tolist() == [[1 << 6 | 1, 2 << 6 | 2, 3 << 6 | 4, 0x3FFF]]


def test_padding_at_the_end_of_lines_is_left_out_and_a_given_array_filled() -> None:
    lines = np.arange(200 * 16, dtype=np.uint8).reshape(200, 16)
    out = np.empty((200, 8), dtype=np.uint16)
    assert unpack_csi2p(lines, 8, 8, out) is out
    assert np.array_equal(out, lines[:, :8])


@pytest.mark.parametrize(("shape", "width", "bits"), [((4, 5), 8, 10), ((4, 6), 3, 12), ((20,), 8, 10), ((4, 8), 8, 9)])
def test_lines_that_cannot_hold_the_pixels_are_refused(shape: tuple[int, ...], width: int, bits: int) -> None:
    with pytest.raises(ValueError, match=r"do not hold|no CSI-2 packing of 9 bits"):
        unpack_csi2p(np.zeros(shape, dtype=np.uint8), width, bits)


def test_channel_means_are_those_of_the_four_pixels_of_a_cell() -> None:
    image = np.random.default_rng(1).integers(0, 65536, (3, 200, 64)).astype(np.uint16)
    means = channel_means(image)
    assert means.shape == (3, 2, 2)
    assert means[1, 0, 1] == pytest.approx(image[1, 0::2, 1::2].mean(), rel=1e-15)
    assert means[2] == pytest.approx(image[2].reshape(100, 2, 32, 2).mean(axis=(0, 2)), rel=1e-15)


@pytest.mark.parametrize("bits", [8, 10, 12, 14])
def test_means_of_packed_lines_are_those_of_their_pixels(bits: int) -> None:
    lines = np.random.default_rng(2).integers(0, 256, (2000, 1600 * bits // 8 + 7)).astype(np.uint8)
    assert packed_channel_means(lines, 1600, bits) == pytest.approx(channel_means(unpack_csi2p(lines, 1600, bits)), rel=1e-15)


@pytest.mark.parametrize("threads", [1, 2, 7])
def test_every_row_is_worked_on_once_whatever_the_number_of_threads(threads: int) -> None:
    seen = np.zeros(1000, dtype=int)

    def count(block: int, first: int, stop: int) -> None:
        assert first == block * blocks.ROWS
        seen[first:stop] += 1

    blocks.over_blocks(1000, count, threads)
    assert np.all(seen == 1)


def test_an_exception_in_a_thread_reaches_the_caller() -> None:
    def fail(block: int, first: int, stop: int) -> None:
        if block == 2:
            raise ZeroDivisionError(f"rows {first} to {stop}")

    with pytest.raises(ZeroDivisionError, match="rows 384 to 576"):
        blocks.over_blocks(1000, fail, 3)


# -- reductions that travel -------------------------------------------------------------------------------------------


def test_row_and_region_means_are_those_of_the_crop() -> None:
    image = np.random.default_rng(7).integers(0, 65536, (48, 64), dtype=np.uint16)
    part = image[8:28, 4:36]
    assert np.array_equal(RowMeans((4, 8, 32, 20))(image), part.mean(axis=1))
    assert RegionMean((4, 8, 32, 20))(image) == pytest.approx(part.mean(), rel=1e-12)
    assert RowMeans()(image).shape == (48,)


def test_clipped_pixels_are_counted_beside_other_reductions() -> None:
    image = np.full((4, 4), 100, dtype=np.uint16)
    image[0] = 1023
    assert Together((RegionMean((0, 1, 4, 3)), ClippedShare(1023)))(image) == (100.0, 0.25)


@pytest.mark.parametrize("crop", [(0, 0, 65, 1), (-1, 0, 4, 4), (0, 0, 0, 4)])
def test_a_crop_outside_the_frame_is_refused(crop: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="of a frame of 64x48"):
        RegionMean(crop)(np.zeros((48, 64), dtype=np.uint16))
