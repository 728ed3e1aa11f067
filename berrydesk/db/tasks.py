"""How every background task is declared."""

TIME_LIMIT_S = 1800
"""Below the broker's visibility timeout, or a long task would be started twice."""

DURABLE = {
    "acks_late": True,
    "reject_on_worker_lost": True,
    "soft_time_limit": TIME_LIMIT_S - 60,
    "time_limit": TIME_LIMIT_S,
}
