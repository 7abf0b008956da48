"""The form of one rule of recording: whom it is for, and the fields that the form of a camera has for it.

Runs on: GUI thread. It keeps nothing: ``apply_asked`` carries the rule before and the one that shall be.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCompleter, QLabel, QLineEdit, QPushButton, QWidget

from app.model.camera import Camera
from app.model.errors import OperatorError
from app.recording.rules import Mode, Rule, Scope, checked
from app.runtime.language import gettext as _
from app.runtime.language import mark as N_
from app.runtime.language import ngettext
from widgets.recording.rule_keeping import Ruled
from widgets.recording.rule_words import area_path, area_text, whom
from widgets.register import recording_fields as fields
from widgets.register.field_row import FieldRow
from widgets.register.fields import BY_KEY, Field, Kind, Shown
from widgets.register.side_form import frame
from widgets.theme import Theme, icon

_SCOPE, _OF = "rule_scope", "rule_of"
_WAIT_MS = 250                  # after the last letter; then the sentence about it appears
_SCOPES = ((Scope.AREA.value, N_("an area")), (Scope.TAG.value, N_("a tag")), (Scope.ALL.value, N_("all cameras")))
_NEW = Rule(Scope.AREA, "", Mode.ALWAYS)


class RuleForm(QWidget):
    """``apply_asked`` carries (old rule or None, new one or None); ``closed`` when it wants to go."""

    apply_asked = Signal(object, object)
    closed = Signal()

    def __init__(self, theme: Theme, camera: Callable[[str], Camera | None], parent: QWidget | None = None) -> None:
        """``camera`` gives the one of an id."""
        super().__init__(parent)
        self._theme, self._camera = theme, camera
        self._ruled = Ruled()
        self.rule: Rule | None = None
        self._base: dict[str, str] = {}
        self._words = ""
        mode = replace(BY_KEY[fields.MODE], choices=fields.CHOICES[1:], group="")
        rows = (Field(_SCOPE, N_("For"), lambda _c: "", Kind.CHOICE, choices=_SCOPES),
                Field(_OF, N_("Which"), lambda _c: ""), mode, *(BY_KEY[key] for key in fields.KEYS[1:]))
        self.rows = {field.key: FieldRow(field, theme) for field in rows}
        self._title, self.foot = QLabel(), QLabel()
        self._close, self.remove, self.apply = QPushButton(), QPushButton(), QPushButton()
        self._check = QTimer(self, singleShot=True, interval=_WAIT_MS)
        self._check.timeout.connect(self._validate)
        self._build()
        for row in self.rows.values():
            row.changed.connect(self._edited)
        of = self.rows[_OF].editor
        of.installEventFilter(self)
        self._close.clicked.connect(self.closed)
        self.remove.clicked.connect(lambda: self.rule is not None and self.apply_asked.emit(self.rule, None))
        self.apply.clicked.connect(self._apply)
        theme.changed.connect(self._recolour)
        self._recolour()
        self.retranslate()

    # --- what it shows ---

    def show_rule(self, rule: Rule | None, ruled: Ruled) -> None:
        """This one, None: a new one; forgets what was typed."""
        self.rule, self._ruled, self._words = rule, ruled, ""
        shown = rule or _NEW
        self._base = {_SCOPE: shown.scope.value, _OF: area_text(shown.of) if shown.scope is Scope.AREA else shown.of,
                      **fields.texts_of_rule(shown)}
        for key, row in self.rows.items():
            row.fill(Shown(self._base[key]), False)
        self._head()
        self._follow()
        self._validate()

    @property
    def is_touched(self) -> bool:
        """Something typed would be lost by showing another rule."""
        return any(row.text is not None for row in self.rows.values())

    def refuse(self, sentence: str) -> None:
        """What the register said to the last apply."""
        self._words = sentence
        self._say()

    def take_keyboard(self) -> None:
        first = next(row for row in self.rows.values() if not row.isHidden())
        first.editor.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def give_up(self) -> None:
        """Forget what was typed; a form that nobody touched closes."""
        if self.is_touched and self.rule is not None:
            self.show_rule(self.rule, self._ruled)
        else:
            self.closed.emit()

    def drafted(self) -> Rule:
        """The rule as it stands in the fields. Raises OperatorError with a sentence."""
        if (wrong := self._wrong()) is not None:
            raise OperatorError(wrong[1])
        if self.rule is not None:
            scope, of = self.rule.scope, self.rule.of
        else:
            scope, typed = Scope(self._now_in(_SCOPE)), self._now_in(_OF)
            of = {Scope.AREA: area_path(typed), Scope.TAG: typed.strip()}.get(scope, "")
        return checked(Rule(scope, of, Mode(self._now_in(fields.MODE)), **fields.fields_of(self._draft())))

    def retranslate(self) -> None:
        for row in self.rows.values():
            row.retranslate()
        self._close.setAccessibleName(_("Close the form"))
        self.remove.setText(_("Delete"))
        self.apply.setText(_("Apply"))
        self._head()
        self._offer()
        self._validate()

    # --- inside ---

    def _now_in(self, key: str) -> str:
        typed = self.rows[key].text
        return typed if typed is not None else self._base.get(key, "")

    def _draft(self) -> dict[str, str]:
        """The fields that make sense beside the mode."""
        mode = self._now_in(fields.MODE)
        return {key: self._now_in(key) for key, use in fields.in_use(mode).items() if use}

    def _wrong(self) -> tuple[str, str] | None:
        """(field, sentence) of the first that is of no use."""
        if not self.rows[_OF].isHidden() and not area_path(self._now_in(_OF)):
            return _OF, _("A rule needs a camera, a tag or an area.")
        draft = self._draft()
        for key, text in draft.items():
            try:
                sentence = fields.refused(key, text)
            except OperatorError as error:
                sentence = str(error)
            if sentence:
                return key, sentence
        sentence = fields.missing(self._now_in(fields.MODE), draft.get(fields.HOURS, ""))
        return (fields.HOURS, sentence) if sentence else None

    def _edited(self, key: str) -> None:
        self._words = ""
        if key in (_SCOPE, fields.MODE):
            self._follow()
        self._say()
        self._check.start()

    def _follow(self) -> None:
        """Which fields make sense beside the scope and the mode."""
        new = self.rule is None
        self.rows[_SCOPE].setVisible(new)
        self.rows[_OF].setVisible(new and self._now_in(_SCOPE) != Scope.ALL)
        for key, used in fields.in_use(self._now_in(fields.MODE)).items():
            self.rows[key].setVisible(used)
        self._offer()

    def _offer(self) -> None:
        areas = self._now_in(_SCOPE) != Scope.TAG
        known = sorted((area_text(path) for path in self._ruled.areas) if areas else self._ruled.tags,
                       key=str.casefold)
        self.rows[_OF].offer([(text, text) for text in known])

    def _validate(self) -> bool:
        for row in self.rows.values():
            row.say("")
        wrong = self._wrong()
        if wrong is None:
            self._notes(self.drafted())
        elif wrong[0] != _OF or self.rows[_OF].text is not None:        # nobody is told off before typing
            self.rows[wrong[0]].say(wrong[1])
        self._say(wrong is None)
        return wrong is None

    def _notes(self, drafted: Rule) -> None:
        """How many cameras it is for; that less waits a day."""
        if self.rule is None and drafted.scope in (Scope.AREA, Scope.TAG):
            count = self._ruled.fitting(drafted.scope, drafted.of)
            self.rows[_OF].say("", ngettext("{count} camera has it.", "{count} cameras have it.", count).format(
                count=count))
        self.rows[fields.SOUND].say("", fields.note(fields.SOUND, self._now_in(fields.SOUND)))
        usual = self._ruled.policy.days
        if self.rule is not None and (drafted.days or usual) < (self.rule.days or usual):
            self.rows[fields.DAYS].say("", _("Less than before. What is older goes after 24 hours; undone before then, "
                                             "it stays."))

    def _head(self) -> None:
        self._title.setText(_("A new rule") if self.rule is None else _("Rule for {whom}").format(
            whom=whom(self.rule, self._camera)))
        self.remove.setVisible(self.rule is not None)

    def _say(self, good: bool = True) -> None:
        self.foot.setText(self._words)
        self.foot.setAccessibleName(self._words)
        self.foot.setVisible(bool(self._words))
        self.apply.setEnabled(good and (self.is_touched or self.rule is None))

    def _apply(self) -> None:
        if self.apply.isEnabled() and self._validate():
            self.apply_asked.emit(self.rule, self.drafted())

    def _recolour(self, *_tokens: object) -> None:
        self._close.setIcon(icon("x", self._theme.tokens.text))

    def _build(self) -> None:
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self._title.setWordWrap(True)
        self.foot.setProperty("tone", "red")
        self.foot.setTextFormat(Qt.TextFormat.PlainText)
        self.foot.setWordWrap(True)
        self.foot.setContentsMargins(16, 8, 16, 0)
        self.apply.setProperty("first", True)
        column, below, foot = frame(self, self._title, self._close)
        for row in self.rows.values():
            column.addWidget(row)
        column.addStretch(1)
        below.addWidget(self.foot)
        foot.addWidget(self.remove)
        foot.addStretch(1)
        foot.addWidget(self.apply)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The arrow down opens the areas or tags that there are, without a letter typed."""
        if isinstance(watched, QLineEdit) and event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent) \
                and event.key() == Qt.Key.Key_Down:
            completer: QCompleter | None = watched.completer()
            popup = completer.popup() if completer is not None else None
            if completer is not None and popup is not None and not popup.isVisible():
                completer.setCompletionPrefix(watched.text())
                completer.complete()
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.give_up()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._apply()
        else:
            super().keyPressEvent(event)
