"""Blinks an LED and reads it back, as the gpiozero manual's first example does."""

from time import monotonic, sleep

from gpiozero import LED, PWMLED

led, dimmed = LED(17), PWMLED(18)
began = monotonic()
led.blink(0.25, 0.25)
dimmed.pulse()
sleep(60)
print(f"{monotonic() - began:.3f} s, {led.pin.factory.board_info.model}")
