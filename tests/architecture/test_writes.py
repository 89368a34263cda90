"""Only services write."""

import ast

from tests.architecture.house import name_of, source_files

WRITES = {"save", "create", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "delete", "update"}
# Who else may call something of that name, and why.
EXCEPTIONS = {
    "peerloop/core/accounts/avatars.py": "draws a picture",
    "peerloop/core/images/cleaning.py": "draws a picture",
    "peerloop/core/accounts/forms/sign_in.py": "sets attributes of a field",
    "peerloop/core/accounts/forms/sign_up.py": "allauth hands over the person whom it has just made",
    "peerloop/core/accounts/models.py": "Django asks a manager of people for create_user",
    "peerloop/core/analytics/gathering.py": "writes many counted events at once; track, the service, hands them over",
    "peerloop/core/flags/receivers.py": "every declared flag has its row after migrating",
    "peerloop/core/notifications/mails.py": "takes a mail's lease before it is sent; called by the task alone",
    "peerloop/core/notifications/pushes.py": "hands a due notice over to the devices; called by the task alone",
    "peerloop/core/payments/gateway/accounts.py": "asks the payment provider to create accounts",
    "peerloop/core/payments/gateway/intents.py": "asks the payment provider to create its things",
    "peerloop/core/payments/gateway/transfers.py": "asks the payment provider to create transfers",
    "peerloop/core/payments/double/client.py": "keeps the answers that Stripe would keep",
    "peerloop/core/payments/double/storage.py": "keeps what Stripe would keep",
    "peerloop/core/uploads/models.py": "mark_attached, which the services of the apps above call",
}


def writes_in(path) -> bool:
    return any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and is_write(node.func)
        for node in ast.walk(ast.parse(path.read_text()))
    )


def is_write(called: ast.Attribute) -> bool:
    receiver = called.value
    of_super = isinstance(receiver, ast.Call) and getattr(receiver.func, "id", "") == "super"
    of_no_table = isinstance(receiver, ast.Name) and receiver.id in ("router", "cache")
    return called.attr in WRITES and not of_super and not of_no_table


def test_only_services_write():
    # The supervisor knows no database; commands and the demonstration's data go through services as everybody does.
    rooms = [path for path in source_files() if not {"services", "services.py", "supervisor"} & set(path.parts)]
    writers = {name_of(path) for path in rooms if writes_in(path)}
    assert writers == set(EXCEPTIONS)


def test_nobody_but_realtime_touches_the_channel_layer():
    users = [name_of(path) for path in source_files() if "channels.layers" in path.read_text()]
    assert [name for name in users if not name.startswith("peerloop/core/realtime/")] == []
