"""The mechanisms that both engines take from the demand table, programmed a second time.

Each module here is a program of its own, written from docs/model.md: it has its own random
numbers and imports nothing of the model. Only what is read off a replication of govsim, to be
laid beside it, knows how govsim keeps its outcome. `govsim validate-model` runs both.
"""
