"""Another camera of the kind, and the same one put in anew: what a gauge study is made of."""


def crystal_and_stamps(bench, **which):
    camera = bench("imx708", **which)
    camera.configure((1536, 864), 10)
    camera.start_manual(exposure_us=1000, frame_us=8400)
    stamps = [frame["SensorTimestamp"] for frame in camera.take(20)]
    return camera.device.truth.crystal_ppm, [stamp - stamps[0] for stamp in stamps]


def test_another_specimen_has_another_crystal(bench):
    crystals = {crystal_and_stamps(bench, specimen=number)[0] for number in range(5)}
    assert len(crystals) == 5


def test_a_specimen_that_is_put_in_anew_keeps_its_crystal_and_gets_other_noise(bench):
    crystal, stamps = crystal_and_stamps(bench, specimen=3)

    again, other_stamps = crystal_and_stamps(bench, specimen=3, seating=1)

    assert again == crystal
    assert other_stamps != stamps


def test_the_same_specimen_in_the_same_seating_is_the_same_run(bench):
    assert crystal_and_stamps(bench, specimen=3, seating=2) == crystal_and_stamps(bench, specimen=3, seating=2)
