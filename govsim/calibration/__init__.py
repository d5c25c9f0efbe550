"""The steps of a calibration, in the order in which `govsim.calibrate` takes them."""
