"""URLs of Kafka clusters, read without a broker."""

import pytest

from chassis.bus.kafka_address import KafkaAddress


def test_a_url_names_brokers_and_how_to_be_let_in() -> None:
    plain = KafkaAddress.parse("kafka://one,two:9093")
    guarded = KafkaAddress.parse(
        "kafka://carnet:p%40ss@one:9094?mechanism=SCRAM-SHA-256&ca=/etc/ca.pem"
    )

    assert plain.servers == ("one:9092", "two:9093")
    assert plain.security == {"security_protocol": "PLAINTEXT"}
    assert guarded.security == {
        "security_protocol": "SASL_SSL",
        "ssl_cafile": "/etc/ca.pem",
        "sasl_mechanism": "SCRAM-SHA-256",
        "sasl_plain_username": "carnet",
        "sasl_plain_password": "p@ss",
    }
    assert "p@ss" not in f"{guarded} {guarded!r}"


@pytest.mark.parametrize("url", ["kafka://", "kafka://one?sceurity=ssl", "kafka://one?security=x"])
def test_a_url_that_says_nonsense_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"Kafka URL|security"):
        KafkaAddress.parse(url)
