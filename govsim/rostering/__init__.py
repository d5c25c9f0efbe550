"""Rotas that people can work: who is on which shift for four weeks, by rules that are checked."""
