"""Ada's agent that refunds, made inside the home of a running Berrydesk (through ``manage.py shell``)."""


def seed(secret_key, api_base):
    """Print the public id of an agent that refunds anybody's order up to €100, confirmed by a click."""
    from apps.actions import wiring
    from apps.agents.models import Agent
    from apps.workspaces import founding
    from berrydesk.db.scopes import in_workspace

    ada = founding.found(
        name="Nordlicht", person="Ada", email="ada@example.com", password="correct horse battery"
    )
    with in_workspace(ada.workspace):
        agent = Agent.objects.create(workspace=ada.workspace, name="Lumi")
        wiring.wire(
            agent,
            "stripe.refund",
            enabled=True,
            settings={"secret_key": secret_key, "api_base": api_base},
            policy={"identity": "anonymous", "daily_max": None},
            by=ada,
        )
    print(agent.public_id)
