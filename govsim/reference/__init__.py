"""The parts of the SimPy model (`govsim.model`): people, residents, clock, records."""
