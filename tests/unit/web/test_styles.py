"""The kept part of Bootstrap: nothing a template uses is missing, nothing else is sent."""

import pytest

from styles.bootstrap import KEPT, ClassUnknown, classes_of_template, kept_now, kept_part


def test_the_kept_file_is_what_the_templates_of_today_need() -> None:
    assert KEPT.read_text("utf-8") == kept_now(), (
        "a template began or ceased to use a class of Bootstrap; run: python -m styles"
    )


def test_the_kept_file_names_its_author_and_licence() -> None:
    assert "Licensed under MIT" in KEPT.read_text("utf-8")[:400]
    assert "Bootstrap Authors" in (KEPT.parent / "LICENSE").read_text("utf-8")


def test_a_class_that_a_template_begins_to_use_brings_its_rules() -> None:
    css = ".btn{a:1}.card{a:2}.card>.btn{a:3}"

    assert ".card" not in kept_part(css, {"btn"})
    assert kept_part(css, {"btn", "card"}).count(".card") == 2


@pytest.mark.parametrize(("css", "kept"), [
    ("p{a:1}.card p{a:2}", "p{a:1}"),
    (".btn,.card{a:1}", ".btn{a:1}"),
    (".btn:not(.card):hover{a:1}", ".btn:not(.card):hover{a:1}"),
    (".btn:is(.card,.row){a:1}.card:is(.btn,.row){a:1}", ".btn:is(.card,.row){a:1}"),
    ("@media (x){.btn{a:1}.card{a:2}}@media (y){.card{a:1}}", "@media (x){.btn{a:1}}"),
    ("@supports (x){@media (y){.btn{a:1}}}", "@supports (x){@media (y){.btn{a:1}}}"),
    (":root,[data-bs-theme=light]{--a:1}[data-bs-theme=dark]{--a:2}",
     ":root,[data-bs-theme=light]{--a:1}"),
    ("@keyframes turn{0%{a:1}100%{a:2}}.btn{animation:turn 1s}",
     "@keyframes turn{0%{a:1}100%{a:2}}.btn{animation:turn 1s}"),
    ("@keyframes turn{0%{a:1}100%{a:2}}.card{animation:turn 1s}.btn{a:1}", ".btn{a:1}"),
    ('.btn{a:url("data:x,%3csvg y=\'1,2\'/%3e")}', '.btn{a:url("data:x,%3csvg y=\'1,2\'/%3e")}'),
])  # fmt: skip
def test_only_rules_that_can_match_stay(css: str, kept: str) -> None:
    assert kept_part(css, {"btn"}) == f'@charset "UTF-8";\n{kept}\n'


@pytest.mark.parametrize(("template", "classes"), [
    ('<a class="btn btn-sm">', {"btn", "btn-sm"}),
    ("<a class='btn'>", {"btn"}),
    ('<a class="btn {{ \'btn-a\' if quiet else "btn-b" }}">', {"btn", "btn-a", "btn-b"}),
    ('<a class="tone-{{ tone }}">', {"tone-*"}),
    ('<a class="row{% if x == "y" %} late{% endif %}">', {"row*", "late*"}),
    ('<a class="{% if x %}row{% endif %} late">', {"row*", "late"}),
    ("{# class=\"btn\" #}<a id='btn'>btn</a>", set()),
])  # fmt: skip
def test_every_class_a_template_may_write_is_found(template: str, classes: set[str]) -> None:
    assert classes_of_template(template) == classes


def test_a_class_that_may_be_anything_is_refused_by_the_templates_name() -> None:
    with pytest.raises(ClassUnknown, match=r"step\.html\.j2: class \{\{ tone \}\}"):
        classes_of_template('<p class="late {{ tone }}">', "step.html.j2")
