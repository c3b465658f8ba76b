"""Runs cases against a gRPC server and prints what it saw, a line for each.

Arguments: target, root certificate for TLS or "-", and the names of cases.
"""
import queue
import sys

import grpc

PATIENCE = 15


def channel(target, root):
    if root == "-":
        return grpc.insecure_channel(target, options=(("grpc.enable_http_proxy", 0),))
    return grpc.secure_channel(target, grpc.ssl_channel_credentials(open(root, "rb").read()), options=(("grpc.enable_http_proxy", 0),))


def unary(c):
    reply, call = c.unary_unary("/test.Peer/Unary").with_call(b"hello", timeout=PATIENCE, metadata=(("x-request", "asked"),))
    initial = dict(call.initial_metadata())
    trailing = dict(call.trailing_metadata())
    print(reply.decode(), initial["x-initial"], trailing["x-trailing"], trailing["x-octets-bin"].hex(), call.code().name)


def large(c):
    message = bytes(range(256)) * 12_000
    print(c.unary_unary("/test.Peer/Unary")(message, timeout=PATIENCE) == b"unary:" + message)


def client_stream(c):
    print(c.stream_unary("/test.Peer/ClientStream")(iter([b"a", b"b", b"c"]), timeout=PATIENCE).decode())


def server_stream(c):
    print(";".join(m.decode() for m in c.unary_stream("/test.Peer/ServerStream")(b"5", timeout=PATIENCE)))


def bidi(c):
    """Each message is sent only when the answer to the one before has come."""
    outgoing = queue.Queue()
    call = c.stream_stream("/test.Peer/Bidi")(iter(outgoing.get, None), timeout=PATIENCE)
    seen = []
    for i in range(5):
        outgoing.put(b"%d" % i)
        seen.append(next(call).decode())
    outgoing.put(None)
    print(" ".join(seen), [m for m in call], call.code().name)


def fail(c):
    try:
        c.unary_unary("/test.Peer/Fail")(b"", timeout=PATIENCE)
    except grpc.RpcError as e:
        print(e.code().name, ascii(e.details()))


def fail_late(c):
    call = c.unary_stream("/test.Peer/FailLate")(b"", timeout=PATIENCE)
    try:
        for message in call:
            print(message.decode(), end=" ")
    except grpc.RpcError as e:
        print(e.code().name, e.details())


def unknown(c):
    try:
        c.unary_unary("/test.Peer/Nothing")(b"", timeout=PATIENCE)
    except grpc.RpcError as e:
        print(e.code().name)


def cancel_by_client(c):
    call = c.unary_unary("/test.Peer/Wait").future(b"cancelled", timeout=PATIENCE)
    c.unary_unary("/test.Peer/WaitBegan")(b"cancelled", timeout=PATIENCE)
    call.cancel()
    print(c.unary_unary("/test.Peer/WaitEnded")(b"cancelled", timeout=PATIENCE).decode(), call.code().name)


def cancel_by_server(c):
    call = c.unary_stream("/test.Peer/Cancel")(b"", timeout=PATIENCE)
    try:
        for message in call:
            print(message.decode(), end=" ")
    except grpc.RpcError as e:
        print(e.code().name)


def deadline(c):
    try:
        c.unary_unary("/test.Peer/Wait")(b"overdue", timeout=0.5)
    except grpc.RpcError as e:
        print(e.code().name, c.unary_unary("/test.Peer/WaitEnded")(b"overdue", timeout=PATIENCE).decode())


def many(c):
    call = c.unary_unary("/test.Peer/Unary")
    futures = [call.future(b"%d" % i, timeout=PATIENCE) for i in range(300)]
    print(sum(f.result() == b"unary:%d" % i for i, f in enumerate(futures)))


def chunked(c):
    call = c.unary_stream("/test.Peer/Chunked")(b"", timeout=PATIENCE)
    messages = [m.decode() for m in call]
    print(messages, call.code().name, call.details(), dict(call.trailing_metadata()).get("x-extra"))


with channel(sys.argv[1], sys.argv[2]) as opened:
    for case in sys.argv[3:]:
        print(case, end=": ")
        try:
            globals()[case](opened)
        except Exception as e:  # The next case shall have its turn.
            print("failed:", ascii(str(e)))
