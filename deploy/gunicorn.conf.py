"""How gunicorn serves the site, under `make run` as in production; the address is given to it."""

from pathlib import Path

wsgi_app = "impulsion_site.wsgi:application"
worker_class = "gthread"
workers = 2
threads = 4
# A worker is renewed now and then: a slow leak never becomes a failure.
max_requests = 2000
max_requests_jitter = 200
timeout = 60
graceful_timeout = 30
# The heartbeat file on a disk can stall a worker; in memory it cannot.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
control_socket_disable = True
# No access log: visitors' addresses are kept nowhere by the site itself.
accesslog = None
errorlog = "-"
loglevel = "warning"
proc_name = "impulsion"
