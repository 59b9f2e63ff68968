"""A mail server on a free port of 127.0.0.1, which does what the recipient's name says.

    mail_server.py [--tls | --starttls] [--certificate FILE] [--login USER:PASSWORD] [--refuse STEP]

First says its port, then one line of JSON for each mail that arrived, as Python's own mail
library reads it. A recipient whose address begins with a word below is treated so:

    gone    550 5.1.1 to the recipient        spam    554 5.7.1 to the text
    later   451 4.7.1 to the recipient        full    452 4.2.2 to the text
    drop    the connection breaks once the text has arrived
    hang    no answer once the text has arrived
    cut     the connection breaks when the recipient is named

Anybody else's mail is taken. --refuse connect|sender answers that step with 4xx or 5xx.
"""

import argparse
import asyncio
import email
import email.policy
import json
import ssl

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

ANSWERS = {
    "gone": "550 5.1.1 No such user <{}>",
    "later": "451 4.7.1 Try again later",
}
TEXT_ANSWERS = {
    "spam": "554 5.7.1 We do not want this",
    "full": "452 4.2.2 Mailbox full",
}


def word(address):
    return address.split("@")[0].split("+")[0]


def describe(envelope, session, transport):
    parsed = email.message_from_bytes(envelope.original_content, policy=email.policy.default)
    parts = {part.get_content_type(): part.get_content() for part in parsed.walk()
             if not part.is_multipart()}
    return {
        "return_path": envelope.mail_from,
        "recipients": envelope.rcpt_tos,
        "headers": [[name, str(value)] for name, value in parsed.items()],
        "from": [[a.display_name, a.addr_spec] for a in parsed["from"].addresses],
        "to": [[a.display_name, a.addr_spec] for a in parsed["to"].addresses],
        "subject": str(parsed["subject"]),
        "message_id": str(parsed["message-id"]),
        "date": parsed["date"].datetime.isoformat(),
        "type": parsed.get_content_type(),
        "types": [part.get_content_type() for part in parsed.walk()],
        "text": parts.get("text/plain"),
        "html": parts.get("text/html"),
        "defects": [repr(d) for part in parsed.walk() for d in part.defects],
        "encrypted": transport.get_extra_info("ssl_object") is not None,
        "user": session.auth_data.decode() if session.auth_data else None,
        "hello": session.host_name,
        "ascii": envelope.original_content.isascii(),
        "longest_line": max(len(line) for line in envelope.original_content.split(b"\r\n")),
        "bare_newlines": envelope.original_content.replace(b"\r\n", b"").count(b"\n"),
    }


class Handler:
    def __init__(self, refuse):
        self.refuse = refuse

    async def handle_MAIL(self, server, session, envelope, address, options):
        if self.refuse == "sender":
            return "550 5.7.1 You may not send as this"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if word(address) == "cut":
            server.transport.abort()
            return "250 OK"
        if word(address) in ANSWERS:
            return ANSWERS[word(address)].format(address)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        how = word(envelope.rcpt_tos[0])
        if how in TEXT_ANSWERS:
            return TEXT_ANSWERS[how]
        print(json.dumps(describe(envelope, session, server.transport)))
        if how == "drop":
            server.transport.abort()
        if how == "hang":
            await asyncio.sleep(60)
        return "250 OK"


class Server(SMTP):
    async def _handle_client(self):
        if self.event_handler.refuse == "connect":
            await self.push("421 4.3.2 Closed for today")
            self.transport.close()
            return
        await super()._handle_client()


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tls", action="store_true")
    parser.add_argument("--starttls", action="store_true")
    parser.add_argument("--certificate")
    parser.add_argument("--login")
    parser.add_argument("--refuse")
    options = parser.parse_args()

    context = None
    if options.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.certificate)

    def authenticate(server, session, envelope, mechanism, data):
        expected = tuple(part.encode() for part in options.login.split(":"))
        is_right = isinstance(data, LoginPassword) and (data.login, data.password) == expected
        return AuthResult(success=is_right, handled=False, auth_data=data.login if is_right else None)

    def protocol():
        return Server(
            Handler(options.refuse),
            tls_context=context if options.starttls else None,
            require_starttls=options.starttls,
            authenticator=authenticate if options.login else None,
            auth_required=bool(options.login),
            auth_require_tls=False,
            auth_exclude_mechanism=None if options.login else ["LOGIN", "PLAIN"],
        )

    listening = await asyncio.get_running_loop().create_server(
        protocol, "127.0.0.1", 0, ssl=context if options.tls else None)
    print(listening.sockets[0].getsockname()[1])
    await listening.serve_forever()


asyncio.run(main())
