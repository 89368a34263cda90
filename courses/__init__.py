"""What is learnt: courses, their modules, who is enrolled, who is certified to help.

Nouns: Course, Module, Enrolment, StudentTeacher, Progress. Stands on goodwill and core.
"""
