"""A gRPC server with a health service, on a gRPC library that knows nothing of the product. Prints its port, and serves until its input ends.

The name of the service that is asked about decides the answer. Argument: a PEM file with certificate and key, for TLS.
"""
import sys
from concurrent import futures

import grpc

STATUSES = {b"": b"\x08\x01", b"stopping": b"\x08\x02", b"unknown": b"\x08\x00"}


def check(request, context):
    """The question is one field: a tag, a length, the name."""
    service = request[2:]
    if service not in STATUSES:
        context.abort(grpc.StatusCode.NOT_FOUND, "no such service")
    return STATUSES[service]


def main():
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=4))
    method = grpc.unary_unary_rpc_method_handler(check)
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("grpc.health.v1.Health", {"Check": method}),))
    if len(sys.argv) > 1:
        pem = open(sys.argv[1], "rb").read()
        port = server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials([(pem, pem)]))
    else:
        port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    sys.stdin.read()
    server.stop(0)


main()
