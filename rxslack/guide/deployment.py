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

`rxslack run bot:main` does what is needed around such a function: it takes the tokens from the environment, hands
the clients in by the names `web` and `app`, writes logs, and serves numbers and health.

```python
def pipeline(web, app):  # in bot.py; run by: rxslack run bot:pipeline --serve :9090 --json-logs
    questions = rxslack.socket_mode(app).pipe(
        rxslack.reconnect(),
        rxslack.events_api(),
        rxslack.of_type(rxslack.AppMentionEvent),
        rxslack.traced(),  # log lines of an answer name the question
        ops.map(rxslack.reply("I am here")),
    )
    return questions, rxslack.post_message(web, outbox="outbox.sqlite")
```

While developing, `rxslack run bot:pipeline --reload --simulate` runs it in a simulated workspace, which stays when the bot
starts anew because a file has changed.

`checkpoint` and `outbox` are files: put them on a disk that outlives the process, and start one process
only, because a second one is refused the files.

**State** that the service counts itself is `folded(…, store="state.sqlite")`, and what it asks people `ask(…, store="asks.sqlite")`:
files as well.

**Secrets** come from the environment, and appear in no log and no error. **Logs** go to Python's `logging`,
below the logger `rxslack`; `log_lines(form="json")` shows each connection, and what each line is about. **Health** is served by
`run(…, serve=":9090")`: `/health` for whoever restarts what hangs, `/ready` while Slack is heard, or a log can be read, and
no backlog waits, `/metrics` for Prometheus. **Traces** go where OpenTelemetry's environment variables say:
``opentelemetry-instrument rxslack run bot:pipeline --otel``, of the package `opentelemetry-distro`. Where nothing may listen,
a probe can read a file instead that a `Status` touches:

```python
from pathlib import Path

status = rxslack.Status()
alive = status.changes.pipe(ops.filter(lambda now: now.phase == "connected"))
watching = alive.subscribe(lambda _: Path("connected").touch())
```

## systemd

```ini
[Unit]
Description=A bot in Slack
Wants=network-online.target
After=network-online.target

[Service]
ExecStart=/opt/bot/.venv/bin/rxslack run bot:pipeline --serve 127.0.0.1:9090
Environment=PYTHONPATH=/opt/bot
EnvironmentFile=/etc/bot.env
DynamicUser=yes
StateDirectory=bot
WorkingDirectory=%S/bot
Restart=on-failure
RestartSec=5
TimeoutStopSec=20

[Install]
WantedBy=multi-user.target
```

`/etc/bot.env` holds the tokens, with the mode 0600: systemd reads it, and the bot's own user cannot. `TimeoutStopSec` is longer
than `drain`. ``systemd-analyze verify bot.service`` says what is wrong with a unit before it is started.

## A container

```dockerfile
FROM python:3.13-slim
RUN pip install --no-cache-dir rxslack && install -d -o nobody /state
COPY bot.py /app/bot.py
ENV PYTHONPATH=/app
USER nobody
WORKDIR /state
VOLUME /state
EXPOSE 9090
CMD ["rxslack", "run", "bot:pipeline", "--serve", ":9090", "--json-logs"]
```

`install` makes a folder that the bot's user may write to, which a new volume takes over. The form of `CMD` with brackets lets
SIGTERM reach Python; a shell would keep it. ``docker run --env-file bot.env -v bot:/state bot`` starts it, and
`docker stop -t 20` leaves the sinks their time.

## Kubernetes

One replica, and the old one ended before the new one starts; 65534 is the group of `nobody`, who may then write to the volume:

```yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: bot}
spec:
  replicas: 1
  strategy: {type: Recreate}
  selector: {matchLabels: {app: bot}}
  template:
    metadata: {labels: {app: bot}}
    spec:
      terminationGracePeriodSeconds: 20
      securityContext: {fsGroup: 65534}
      containers:
        - name: bot
          image: bot
          envFrom: [{secretRef: {name: slack-tokens}}]
          livenessProbe: {httpGet: {path: /health, port: 9090}}
          readinessProbe: {httpGet: {path: /ready, port: 9090}}
          volumeMounts: [{name: state, mountPath: /state}]
      volumes:
        - name: state
          persistentVolumeClaim: {claimName: bot-state}
```

Slack gives each envelope to one of an app's connections, so several replicas share the work over Socket
Mode, up to ten connections; checkpoint and outbox are then one to a replica.

## Beyond one process

With a log between who listens and who answers, `rxslack.log`, a deploy leaves no gap and a crash loses nothing. With
compose, `bot.py` as in that room's guide, on the image from above:

```yaml
services:
  redis:
    image: redis:7
    command: redis-server --appendonly yes --appendfsync everysec --maxmemory-policy noeviction
    healthcheck: {test: [CMD, redis-cli, ping], interval: 1s}
    volumes: ["redis:/data"]
    restart: always
  ingest:
    image: bot
    command: rxslack run bot:ingest --serve :9090 --json-logs
    environment: {RXSLACK_LOG: "redis://redis:6379/0"}
    env_file: bot.env
    healthcheck:
      test: [CMD, python, -c, "from urllib.request import urlopen; urlopen('http://127.0.0.1:9090/ready')"]
      interval: 1s
    deploy: {replicas: 2, update_config: {order: start-first, parallelism: 1}}
    restart: always
  answers:
    image: bot
    command: rxslack run bot:answers --serve :9090 --json-logs
    environment: {RXSLACK_LOG: "redis://redis:6379/0"}
    env_file: bot.env
    healthcheck:
      test: [CMD, python, -c, "from urllib.request import urlopen; urlopen('http://127.0.0.1:9090/health')"]
      interval: 1s
    deploy: {replicas: 3}
    stop_grace_period: 20s
    restart: always
volumes: {redis: {}}
```

No service has to wait for another to start. `docker stack deploy` heeds `update_config`: there is one more that listens, and
never one fewer. Without it, start the new ones beside the old ones (``docker compose up -d --no-recreate --scale ingest=4``)
and end the old ones by hand.

On Kubernetes, `slack-tokens` is made by ``kubectl create secret generic slack-tokens --from-env-file=bot.env``. Who listens is
ready at its hello:

```yaml
apiVersion: v1
kind: Service
metadata: {name: redis}
spec:
  clusterIP: None
  selector: {app: redis}
  ports: [{port: 6379}]
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: redis}
spec:
  serviceName: redis
  replicas: 1
  selector: {matchLabels: {app: redis}}
  template:
    metadata: {labels: {app: redis}}
    spec:
      containers:
        - name: redis
          image: redis:7
          command: [redis-server, --appendonly, "yes", --appendfsync, everysec, --maxmemory-policy, noeviction]
          readinessProbe: {exec: {command: [redis-cli, ping]}, periodSeconds: 1}
          volumeMounts: [{name: data, mountPath: /data}]
  volumeClaimTemplates:
    - metadata: {name: data}
      spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 4Gi}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ingest}
spec:
  replicas: 2
  strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}
  selector: {matchLabels: {app: ingest}}
  template:
    metadata: {labels: {app: ingest}}
    spec:
      containers:
        - name: ingest
          image: bot
          command: [rxslack, run, "bot:ingest", --serve, ":9090", --json-logs]
          env: [{name: RXSLACK_LOG, value: "redis://redis:6379/0"}]
          envFrom: [{secretRef: {name: slack-tokens}}]
          livenessProbe: {httpGet: {path: /health, port: 9090}}
          readinessProbe: {httpGet: {path: /ready, port: 9090}, periodSeconds: 1}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: answers}
spec:
  replicas: 3
  selector: {matchLabels: {app: answers}}
  template:
    metadata: {labels: {app: answers}}
    spec:
      terminationGracePeriodSeconds: 20
      containers:
        - name: answers
          image: bot
          command: [rxslack, run, "bot:answers", --serve, ":9090", --json-logs]
          env: [{name: RXSLACK_LOG, value: "redis://redis:6379/0"}]
          envFrom: [{secretRef: {name: slack-tokens}}]
          livenessProbe: {httpGet: {path: /health, port: 9090}}
          readinessProbe: {httpGet: {path: /health, port: 9090}, periodSeconds: 1}
```

The image needs ``pip install 'rxslack[redis]'``. Both files are run by rxslack's own tests: each command with its
environment, its health check and its way of updating, as processes.
"""
