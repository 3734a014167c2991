# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What a connection's form consists of, and how each kind of form that Airflow knows is made of it.

Airflow 3.2 and later read the declarative form from the provider's metadata. Airflow 2.11 to 3.1 ask the hook class for
widgets. Nothing of Airflow is imported here: the metadata are read while Airflow's own configuration is half built.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["string", "integer", "number", "boolean"]


@dataclass(frozen=True, kw_only=True)
class ExtraField:
    """One field that a connection keeps in its extra.

    :param name: key in the extra; where the value is secret, one that Airflow masks (``token``, ``client_secret``)
    :param label: what the form calls it
    :param description: the sentence below the field
    :param kind: JSON type of the value
    :param default: what the form shows at first; None leaves the field empty
    :param choices: the only values there are, for a drop-down
    :param secret: whether the form hides what is typed
    """

    name: str
    label: str
    description: str
    kind: Kind = "string"
    default: str | int | float | bool | None = None
    choices: tuple[str, ...] = ()
    secret: bool = False

    def declared(self) -> dict[str, Any]:
        """Return the field as an entry of ``conn-fields``."""
        schema: dict[str, Any] = {"type": [self.kind, "null"]}
        if self.default is not None:
            schema["default"] = self.default
        if self.choices:
            schema["enum"] = list(self.choices)
        if self.secret:
            schema["format"] = "password"
        return {"label": self.label, "description": self.description, "schema": schema}


@dataclass(frozen=True, kw_only=True)
class ConnectionForm:
    """The connection form of one vendor.

    :param conn_type: Airflow's connection type; lower case, without a double underscore
    :param hook_name: the vendor's name as people write it
    :param hook_class: import path of the hook
    :param documentation: where the vendor describes its API
    :param relabeling: standard field to label
    :param placeholders: standard field to the grey text in it; fields of the extra have none, for Airflow 3 shows none there
    :param hidden: standard fields that the form leaves out
    :param extras: fields kept in the extra
    """

    conn_type: str
    hook_name: str
    hook_class: str
    documentation: str
    relabeling: dict[str, str] = field(default_factory=dict)
    placeholders: dict[str, str] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()
    extras: tuple[ExtraField, ...] = ()

    @property
    def default_conn_id(self) -> str:
        """The connection id that examples use."""
        return f"{self.conn_type}_default"

    def connection_type(self) -> dict[str, Any]:
        """Return the entry of ``connection-types`` in the provider's metadata."""
        return {
            "connection-type": self.conn_type,
            "hook-class-name": self.hook_class,
            "hook-name": self.hook_name,
            "ui-field-behaviour": {
                "hidden-fields": list(self.hidden),
                "relabeling": dict(self.relabeling),
                "placeholders": dict(self.placeholders),
            },
            "conn-fields": {extra.name: extra.declared() for extra in self.extras},
        }

    def field_behaviour(self) -> dict[str, Any]:
        """Return what ``get_ui_field_behaviour`` of the hook answers (Airflow 2.11 to 3.1)."""
        return {
            "hidden_fields": list(self.hidden),
            "relabeling": dict(self.relabeling),
            "placeholders": dict(self.placeholders),
        }

    def widgets(self) -> dict[str, Any]:
        """Return what ``get_connection_form_widgets`` of the hook answers (Airflow 2.11 to 3.1).

        :raises ImportError: where Airflow has no web form of that kind installed
        """
        return {extra.name: _widget(extra) for extra in self.extras}


def _widget(extra: ExtraField) -> Any:
    from flask_appbuilder.fieldwidgets import BS3PasswordFieldWidget, BS3TextFieldWidget
    from flask_babel import lazy_gettext
    from wtforms import BooleanField, IntegerField, PasswordField, StringField
    from wtforms.validators import any_of, optional

    told: dict[str, Any] = {"description": extra.description, "default": extra.default}
    label = lazy_gettext(extra.label)
    if extra.kind == "boolean":
        return BooleanField(label, **told)
    told["validators"] = [optional()]
    if extra.secret:
        return PasswordField(label, widget=BS3PasswordFieldWidget(), **told)
    if extra.choices:
        told["validators"] += [any_of(list(extra.choices))]
        return StringField(label, widget=DropDown(extra.choices), **told)
    kind = IntegerField if extra.kind == "integer" else StringField
    return kind(label, widget=BS3TextFieldWidget(), **told)


class DropDown:
    """Draws a text field as a list of the values it may have: Airflow 2.11 ignores hooks that bring a ``SelectField``.

    :param choices: the values; an empty one stands before them
    """

    def __init__(self, choices: tuple[str, ...]) -> None:
        self._choices = choices

    def __call__(self, field: Any, **attributes: Any) -> Any:
        """Return the field as HTML.

        :param field: the form's field, with ``id``, ``name`` and ``data``
        :param attributes: HTML attributes Airflow wants it to have
        """
        from markupsafe import Markup
        from wtforms.widgets import Select, html_params

        drawn = html_params(**{"id": field.id, **attributes, "name": field.name, "class": "form-control"})
        options = [Select.render_option(choice, choice, choice == (field.data or "")) for choice in ("", *self._choices)]
        return Markup("<select {}>{}</select>").format(Markup(drawn), Markup().join(options))  # noqa: S704 - escaped by wtforms
