"""Addresses of a cluster: which are taken, and what is said where none can be used."""

from __future__ import annotations

import pytest

from govsim.errors import InputError, RunError
from govsim.runs.cluster import Cluster

pytest.importorskip("distributed")

TLS = "distributed.comm.tls"


@pytest.mark.parametrize(
    "address",
    [
        *("host:8786", "tls://host", "http://host:80", "ucx://host:1", "tls:// host:1", ""),
        *("tls://me:s3cret@host:8786", "tcp://host:8786/?password=s3cret", "inproc://s3cret:1"),
    ],
)
def test_an_address_is_of_a_scheduler_and_holds_no_password_or_is_not_repeated(
    address: str,
) -> None:
    with pytest.raises(InputError) as refused:
        Cluster(address)
    assert "tls://host:8786" in str(refused.value)
    assert "s3cret" not in str(refused.value)


def test_tls_without_certificates_says_where_they_are_named() -> None:
    import dask.config

    with (
        dask.config.set({f"{TLS}.ca-file": None, f"{TLS}.client.cert": None}),
        pytest.raises(RunError, match=r"distributed\.comm\.tls name: ca-file"),
    ):
        Cluster("tls://127.0.0.1:1")


def test_a_certificate_that_is_not_there_is_named(tmp_path) -> None:
    import dask.config

    none = str(tmp_path / "none.pem")
    names = {f"{TLS}.{name}": none for name in ("ca-file", "client.cert", "client.key")}
    with (
        dask.config.set(names),
        pytest.raises(RunError, match=r"needs certificates.*No such file"),
    ):
        Cluster("tls://127.0.0.1:1")
