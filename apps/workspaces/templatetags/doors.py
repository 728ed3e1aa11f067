"""Fields of forms that are not ours, in our clothes."""

from django import template

register = template.Library()

_CLASSES = {"select": "select", "textarea": "textarea", "checkbox": ""}


@register.simple_tag
def dressed(field):
    """The input of a bound field with the class that the design system gives its kind."""
    css = _CLASSES.get(field.widget_type, "input")
    return field.as_widget(attrs={"class": css} if css else None)
