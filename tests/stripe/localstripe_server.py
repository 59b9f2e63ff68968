"""Starts localstripe on a free port of 127.0.0.1 and prints its address and two cards' ids.

By itself it listens on every interface and keeps its state in one fixed file, so its application
is started here, with a memory only.
"""

import socket

from aiohttp import web
from localstripe import resources, server


def card(number):
    method = resources.PaymentMethod._api_create(
        type="card",
        card={"number": number, "exp_month": "12", "exp_year": "2034", "cvc": "123"},
    )
    return method.id


resources.Store.dump_to_disk = lambda self: None

listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listening.bind(("127.0.0.1", 0))
address = f"http://127.0.0.1:{listening.getsockname()[1]}"
listening.listen()
# The second number is one that localstripe attaches and then declines when it is charged.
print(address, card("4242424242424242"), card("4000000000000341"), flush=True)
web.run_app(server.app, sock=listening, print=None, access_log=None)
