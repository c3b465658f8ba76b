"""A gRPC server that needs no generated code: messages are bytes. Prints its port, and serves until its input ends.

Argument: a PEM file with certificate and key, for TLS.
"""
import sys
import threading
import time
from concurrent import futures

import grpc


def unary(request, context):
    seen = {key: value for key, value in context.invocation_metadata()}
    context.send_initial_metadata((("x-initial", seen.get("x-request", "none")),))
    context.set_trailing_metadata((("x-trailing", "after"), ("x-octets-bin", b"\x00\xff")))
    return b"unary:" + request


def client_stream(requests, context):
    return b",".join(requests)


def server_stream(request, context):
    for i in range(int(request)):
        yield b"part %d" % i


def bidi(requests, context):
    for request in requests:
        yield b"echo:" + request


def fail(request, context):
    context.abort(grpc.StatusCode.FAILED_PRECONDITION, "not now: caf\u00e9")


def fail_late(request, context):
    yield b"one"
    context.abort(grpc.StatusCode.DATA_LOSS, "lost")


def wait(request, context):
    """Answers nothing; wait_began and wait_ended tell what became of it."""
    ended = threading.Event()
    context.add_callback(ended.set)
    WAITS[request] = ended
    ended.wait(20)
    return b""


def wait_began(request, context):
    """Answers once there is a call to wait with the same request."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if request in WAITS:
            return b"began"
        time.sleep(0.01)
    return b"never came"


def wait_ended(request, context):
    """Says whether the call to wait with the same request has ended."""
    return b"ended" if WAITS[request].wait(10) else b"still there"


def cancel(request, context):
    yield b"one"
    context.cancel()
    yield b"two"


WAITS = {}
METHODS = {
    "Unary": grpc.unary_unary_rpc_method_handler(unary),
    "ClientStream": grpc.stream_unary_rpc_method_handler(client_stream),
    "ServerStream": grpc.unary_stream_rpc_method_handler(server_stream),
    "Bidi": grpc.stream_stream_rpc_method_handler(bidi),
    "Fail": grpc.unary_unary_rpc_method_handler(fail),
    "FailLate": grpc.unary_stream_rpc_method_handler(fail_late),
    "Wait": grpc.unary_unary_rpc_method_handler(wait),
    "WaitBegan": grpc.unary_unary_rpc_method_handler(wait_began),
    "WaitEnded": grpc.unary_unary_rpc_method_handler(wait_ended),
    "Cancel": grpc.unary_stream_rpc_method_handler(cancel),
}


def main():
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=16))
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("test.Peer", METHODS),))
    if len(sys.argv) > 1:
        pem = open(sys.argv[1], "rb").read()
        key = certificate = pem
        port = server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials([(key, certificate)]))
    else:
        port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    sys.stdin.read()
    server.stop(0)


main()
