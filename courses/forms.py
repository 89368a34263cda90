from django import forms

from .models import Category


class CourseFilter(forms.Form):
    """What the list of courses is narrowed to."""

    q = forms.CharField(max_length=80, required=False, label="Search courses")
    category = forms.ChoiceField(choices=[("", "All"), *Category.choices], required=False, label="Category")
