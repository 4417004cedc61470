"""
A bot as a service: systemd, a container, Kubernetes.

`run` does what a service has to: at SIGTERM it closes the connection, gives the sinks ten seconds (`drain`)
to send what was accepted, and returns 0, or 1 when something had to be left.

```python
def main() -> int:
    web = rxslack.WebClient(os.environ["SLACK_BOT_TOKEN"])
    app = rxslack.WebClient(os.environ["SLACK_APP_TOKEN"])
    questions = rxslack.socket_mode(app).pipe(
        rxslack.reconnect(),
        rxslack.events_api(),
        rxslack.backfill(web, checkpoint="seen.sqlite"),  # what was said while it was down
        rxslack.of_type(rxslack.AppMentionEvent),
        ops.map(rxslack.reply("I am here")),
    )
    return rxslack.run(questions, rxslack.post_message(web, outbox="outbox.sqlite"))
```

`checkpoint` and `outbox` are files: put them on a disk that outlives the process, and start one process
only, because a second one is refused the files.

**Secrets** come from the environment, and appear in no log and no error. **Logs** go to Python's `logging`,
below the logger `rxslack`; `logging.basicConfig(level="INFO")` shows each connection. **Health** is a `Status`:
`status.now.phase` is `"connected"` while Slack is heard. A probe reads it from a file that is touched:

```python
from pathlib import Path

status = rxslack.Status()
alive = status.changes.pipe(ops.filter(lambda now: now.phase == "connected"))
watching = alive.subscribe(lambda _: Path("connected").touch())
```

## systemd

```ini
[Service]
ExecStart=/opt/bot/.venv/bin/python /opt/bot/bot.py
EnvironmentFile=/etc/bot.env
StateDirectory=bot
WorkingDirectory=/var/lib/bot
Restart=on-failure
TimeoutStopSec=20
```

`/etc/bot.env` holds the tokens, with the mode 0600. `TimeoutStopSec` is longer than `drain`.

## A container

```dockerfile
FROM python:3.13-slim
RUN pip install --no-cache-dir rxslack
COPY bot.py /bot.py
USER nobody
WORKDIR /state
CMD ["python", "-u", "/bot.py"]
```

The form of `CMD` with brackets lets SIGTERM reach Python; a shell would keep it. `docker stop -t 20` leaves
the sinks their time.

## Kubernetes

One replica, and the old one ended before the new one starts:

```yaml
spec:
  replicas: 1
  strategy: {type: Recreate}
  template:
    spec:
      terminationGracePeriodSeconds: 20
      containers:
        - name: bot
          envFrom: [{secretRef: {name: slack-tokens}}]
          volumeMounts: [{name: state, mountPath: /state}]
```

Slack gives each envelope to one of an app's connections, so several replicas share the work over Socket
Mode, up to ten connections; checkpoint and outbox are then one to a replica.
"""
