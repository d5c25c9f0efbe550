"""Runs on disk: written so that they can be killed at any time and go on.

`RunFolder` is the folder of one run; `runs` and `find` look for them. Below it lie
`files` (written whole or not at all), `tables` (parquet with checksums), `journal`
(finished replications, while a run is under way) and `lock` (one run at a time). Called
by `govsim.runs.replications`; read by `govsim.runs.results`.
"""
