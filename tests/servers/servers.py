# SPDX-License-Identifier: MIT
"""Real servers under load: two snapshots, and `compare` names what the load
makes grow, by the number of requests.
usage: servers.py redis|nginx COMMAND FOLDER
Exit status 77: the server is not installed."""
import atexit
import json
import os
import shutil
import socket
import subprocess
import sys
import time

REDIS_KEYS = 20000
NGINX_CONNECTIONS = 300
ROUNDS = 5
MEASURED = 40000


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def until(what, done, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = done()
        if value:
            return value
        time.sleep(0.05)
    sys.exit(f"{what}: not within {seconds} s")


def connect(port):
    def attempt():
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=60)
        except ConnectionRefusedError:
            return None
    return until(f"a server on port {port}", attempt)


class Server:
    """A server in a folder of its own, traced or not."""

    def __init__(self, name, argv, folder, command, signal):
        self.port, self.folder, self.signal = argv["port"], folder, signal
        prefix = []
        if command:
            prefix = [command, "run", "--snapshot-signal", signal,
                      "--snapshot-dir", os.path.join(folder, "shots"), "--"]
        self.log = open(os.path.join(folder, f"{name}.log"), "ab")
        self.process = subprocess.Popen(prefix + argv["argv"], cwd=folder,
                                        stdout=self.log, stderr=self.log)
        self.number = 0
        atexit.register(self.process.terminate)  # where a check fails before end()

    def snapshot(self, pid):
        self.number += 1
        path = os.path.join(self.folder, "shots",
                            f"leakslope.{pid}.{self.number}.snap")
        subprocess.run(["kill", "-s", self.signal, str(pid)], check=True)
        until(path, lambda: os.path.exists(path))
        return path

    def end(self):
        self.process.terminate()
        status = self.process.wait(60)
        self.log.close()
        atexit.unregister(self.process.terminate)
        if status not in (0, -15):
            sys.exit(f"the server ended with {status}")


def compare(command, before, after, *options):
    argv = [command, "compare", before, after, *options]
    print(f"$ leakslope compare 1.snap 2.snap {' '.join(options)}")
    print(subprocess.run(argv, check=True, stdout=subprocess.PIPE,
                         text=True).stdout)
    out = subprocess.run(argv + ["--json"], check=True,
                         stdout=subprocess.PIPE).stdout
    return json.loads(out)["statistics"]


def must_name(rows, expected, requests):
    """A row of one of these functions, with count_diff within 1 %."""
    for row in rows:
        frames = {frame["function"] for frame in row["traceback"]}
        if frames & set(expected) and \
                abs(row["count_diff"] - requests) <= requests / 100:
            print(f"named: count_diff {row['count_diff']:+} for {requests} "
                  f"requests")
            return
    sys.exit(f"none of {expected} with {requests} +- 1 %")


def cpu(pid):
    with open(f"/proc/{pid}/schedstat", encoding="ascii") as file:
        return int(file.read().split()[0])


def price(name, command, measure):
    """`measure(how)` gives requests per second and CPU time per request."""
    results = {None: [], command: []}
    for i in range(ROUNDS):
        # In turns: what else runs on the machine is not one side's burden.
        for how in list(results)[::-1 if i % 2 else 1]:
            results[how].append(measure(how))

    def ratio(which):
        with_, without = (sorted(result[which] for result in results[how])
                          for how in (command, None))
        return with_[ROUNDS // 2] / without[ROUNDS // 2]
    print(f"{name}: throughput with / without: {ratio(0):.2f}, server's CPU "
          f"time per request: {ratio(1):.2f}")


# ---- redis -----------------------------------------------------------------

def redis_argv(folder):
    port = free_port()
    os.makedirs(folder, exist_ok=True)
    return {"port": port, "argv": [
        "redis-server", "--port", str(port), "--bind", "127.0.0.1",
        "--save", "", "--appendonly", "no", "--daemonize", "no",
        "--dir", folder]}


class Redis:
    def __init__(self, port):
        self.sock = connect(port)
        self.file = self.sock.makefile("rb")

    def ask(self, commands):
        """Replies to all of them, sent at once."""
        out = b"".join(
            b"*%d\r\n" % len(c) + b"".join(
                b"$%d\r\n%s\r\n" % (len(w), w) for w in c) for c in commands)
        self.sock.sendall(out)
        return [self.reply() for _ in commands]

    def reply(self):
        line = self.file.readline()
        if line[:1] != b"$":
            return line.strip()
        return self.file.read(int(line[1:]) + 2)[:-2]

    def set_keys(self, first, n):
        """Returns requests per second; every answer is looked at."""
        begin = time.monotonic()
        for at in range(first, first + n, 500):
            keys = range(at, min(at + 500, first + n))
            answers = self.ask([(b"SET", b"key:%d" % k, b"value-%d" % k)
                                for k in keys])
            if any(answer != b"+OK" for answer in answers):
                sys.exit(f"redis answers {answers[0]}")
        return n / (time.monotonic() - begin)

    def check_keys(self, first, n):
        for at in range(first, first + n, 500):
            keys = range(at, min(at + 500, first + n))
            answers = self.ask([(b"GET", b"key:%d" % k) for k in keys])
            if answers != [b"value-%d" % k for k in keys]:
                sys.exit("redis forgot or changed a value")


def redis(command, folder):
    server = Server("redis", redis_argv(folder), folder, command, "USR2")
    client = Redis(server.port)
    pid = server.process.pid
    client.set_keys(0, 1000)
    before = server.snapshot(pid)
    client.set_keys(1000, REDIS_KEYS)
    after = server.snapshot(pid)
    client.check_keys(0, 1000 + REDIS_KEYS)
    server.end()
    rows = compare(command, before, after)
    must_name(rows, ["sdsnewlen", "_sdsnewlen", "sdsdup", "dictAddRaw",
                     "createEmbeddedStringObject", "dbAdd"], REDIS_KEYS)
    rows = compare(command, before, after, "--key", "traceback", "--limit",
                   "3")
    must_name(rows, ["setCommand", "setGenericCommand"], REDIS_KEYS)

    def measure(how):
        server = Server("redis", redis_argv(folder), folder, how, "USR2")
        client = Redis(server.port)
        begin = cpu(server.process.pid)
        rate = client.set_keys(0, MEASURED)
        used = cpu(server.process.pid) - begin
        server.end()
        return rate, used / MEASURED
    price("redis", command, measure)


# ---- nginx -----------------------------------------------------------------

BODY = b"what nginx answers\n" * 20

CONFIG = """
{user}
worker_processes 1;
daemon off;
pid nginx.pid;
error_log stderr;
events {{ worker_connections 1000; }}
http {{
  access_log off;
  keepalive_timeout 600;
  keepalive_requests 1000000;
  client_body_temp_path body; proxy_temp_path proxy;
  fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  server {{ listen 127.0.0.1:{port}; root {folder}/www; }}
}}
"""


def nginx_argv(folder):
    port = free_port()
    os.makedirs(os.path.join(folder, "www"), exist_ok=True)
    with open(os.path.join(folder, "www", "index.html"), "wb") as file:
        file.write(BODY)
    with open(os.path.join(folder, "nginx.conf"), "w",
              encoding="utf-8") as file:
        # Else the worker may not write to our folder.
        user = "user root;" if os.getuid() == 0 else ""
        file.write(CONFIG.format(user=user, port=port, folder=folder))
    return {"port": port, "argv": [nginx_path(), "-p", folder, "-c",
                                   "nginx.conf", "-e", "stderr"]}


def nginx_path():
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


def get(sock):
    sock.sendall(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
    data = b""
    while not data.endswith(BODY):
        more = sock.recv(65536)
        if not more:
            break
        data += more
    if not data.startswith(b"HTTP/1.1 200 OK") or not data.endswith(BODY):
        sys.exit(f"nginx answers {data[:200]}")


def get_many(sock, n):
    """In batches: nginx is to be the one that is waited for."""
    batch = 200
    for _ in range(n // batch):
        sock.sendall(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n" * batch)
        bodies, data = 0, b""
        while bodies < batch:
            more = sock.recv(1 << 20)
            if not more:
                sys.exit("nginx hung up")
            data += more
            bodies += data.count(BODY)
            data = data[data.rfind(BODY) + len(BODY):] if BODY in data \
                else data


def worker_of(master):
    path = f"/proc/{master}/task/{master}/children"

    def children():
        with open(path, encoding="ascii") as file:
            return file.read().split()
    return int(until("a worker", children)[0])


def nginx(command, folder):
    # It has a handler for USR2 already.
    server = Server("nginx", nginx_argv(folder), folder, command, "RTMIN+3")
    first = connect(server.port)
    get(first)
    worker = worker_of(server.process.pid)
    before = server.snapshot(worker)
    held = [connect(server.port) for _ in range(NGINX_CONNECTIONS)]
    for sock in held:
        get(sock)
    after = server.snapshot(worker)
    get(first)
    for sock in held + [first]:
        sock.close()
    server.end()
    rows = compare(command, before, after)
    rows += compare(command, before, after, "--key", "traceback",
                    "--include", "*/nginx", "--limit", "3")
    must_name(rows, ["ngx_event_accept"],
              NGINX_CONNECTIONS)
    rows = compare(command, before, after, "--domain", "fd")
    must_name(rows, ["ngx_event_accept"], NGINX_CONNECTIONS)

    def measure(how):
        server = Server("nginx", nginx_argv(folder), folder, how, "RTMIN+3")
        sock = connect(server.port)
        get(sock)
        worker = worker_of(server.process.pid)
        begin, used = time.monotonic(), cpu(worker)
        get_many(sock, MEASURED)
        rate = MEASURED / (time.monotonic() - begin)
        used = cpu(worker) - used
        sock.close()
        server.end()
        return rate, used / MEASURED
    price("nginx", command, measure)


def main():
    which, command, folder = sys.argv[1:]
    server = {"redis": shutil.which("redis-server"), "nginx": nginx_path()}
    if not server[which]:
        print(f"{which} is not installed")
        sys.exit(77)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    {"redis": redis, "nginx": nginx}[which](command, os.path.abspath(folder))


main()
