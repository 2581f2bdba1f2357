"""What many records say together: units, yield, capability, drift."""
