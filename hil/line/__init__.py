"""Line life: hooks of the factory, golden units, retests, gauge studies."""
