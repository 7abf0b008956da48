"""The style sheet and the palette of ordinary widgets, made from the tokens: radius 4, borders 1 px, no gradient.

Widgets ask for a look by dynamic properties: ``first`` (the one weighty button of an area), ``flat`` (title bar
and tool buttons), ``on`` (a switch that is on), ``room`` = "panel" | "ground" | "raised" (surfaces),
``tone`` = "quiet" | "faint" | "red" | "amber" | "cyan" | "green" | "strong" (words), ``key`` (a key cap).
"""

from __future__ import annotations

from dataclasses import asdict
from string import Template

from PySide6.QtGui import QColor, QPalette

from app.runtime.paths import resources_dir
from widgets.theme.tokens import Tokens

_SHEET = Template("""
QWidget { color: $text; }
QMainWindow, QDialog, QWidget[room="ground"] { background: $ground; }
QWidget[room="panel"], QDockWidget, QStatusBar { background: $panel; }
QWidget[room="raised"] { background: $raised; border: 1px solid $line; border-radius: 4px; }

QLabel { background: transparent; }
QLabel[tone="quiet"] { color: $quiet; }
QLabel[tone="faint"] { color: $faint; }
QLabel[tone="red"] { color: $red_words; }
QLabel[tone="amber"] { color: $amber; }
QLabel[tone="cyan"] { color: $cyan; }
QLabel[tone="green"] { color: $green; }
QLabel[tone="strong"] { font-weight: 600; }
QLabel[key="true"] { font-size: 11px; color: $text; border: 1px solid $line; border-radius: 4px; padding: 0 5px; }

QPushButton, QToolButton { background: $raised; color: $text; border: 1px solid $line; border-radius: 4px;
    padding: 0 12px; min-height: 30px; font-weight: 500; }
QToolButton { padding: 0 6px; }
QPushButton:hover, QToolButton:hover { background: $line; }
QPushButton:pressed, QToolButton:pressed { background: $panel; }
QPushButton:focus, QToolButton:focus { border-color: $accent; }
QPushButton:disabled, QToolButton:disabled { background: $panel; color: $faint; }
QPushButton[first="true"] { background: $first_button; color: $first_words; border-color: $first_button; }
QPushButton[first="true"]:focus { border-color: $accent; }
QPushButton[first="true"]:disabled { background: $panel; color: $faint; border-color: $line; }
QPushButton[on="true"], QToolButton[on="true"], QPushButton:checked, QToolButton:checked {
    background: $selected_row; border-color: $accent; }
QPushButton[flat="true"], QToolButton[flat="true"] { background: transparent; border: 1px solid transparent;
    padding: 0 8px; min-height: 26px; }
QPushButton[flat="true"]:hover, QToolButton[flat="true"]:hover { background: $raised; }
QPushButton[flat="true"]:focus, QToolButton[flat="true"]:focus { border-color: $accent; }
QToolButton::menu-indicator, QPushButton::menu-indicator { image: none; width: 0; }

QLineEdit, QSpinBox, QDoubleSpinBox, QPlainTextEdit, QTextEdit, QComboBox, QDateTimeEdit {
    background: $field; color: $text; border: 1px solid $line; border-radius: 4px; padding: 0 8px; min-height: 30px;
    selection-background-color: $accent; selection-color: $on_fill; placeholder-text-color: $quiet; }
QPlainTextEdit, QTextEdit { padding: 4px 8px; }
QAbstractSpinBox QLineEdit { background: transparent; border: none; padding: 0 8px; min-height: 0; }
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button, QDoubleSpinBox::down-button {
    width: 0; border: none; }
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QPlainTextEdit:focus, QTextEdit:focus, QComboBox:focus,
QDateTimeEdit:focus { border-color: $accent; }
QLineEdit:disabled, QComboBox:disabled { color: $faint; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox::down-arrow { image: url("$drawings/caret-$name.svg"); width: 12px; height: 12px; }
QComboBox::down-arrow:disabled { image: url("$drawings/caret-off-$name.svg"); }
QComboBox QAbstractItemView { background: $raised; border: 1px solid $line; }

QAbstractItemView { background: $panel; color: $text; border: none; outline: none;
    selection-background-color: $selected_row; selection-color: $text; alternate-background-color: $panel; }
QAbstractItemView[framed="true"] { border: 1px solid transparent; }
QAbstractItemView[framed="true"]:focus { border-color: $accent; }
QListView[popup="true"] { background: $raised; border: 1px solid $line; }
QListView::item, QTreeView::item, QTableView::item { min-height: 24px; border: none; }
QListView::item:selected, QTreeView::item:selected, QTableView::item:selected {
    background: $selected_row; color: $text; }
QListView::item:selected { border-left: 2px solid $accent; }
QListView::item:hover:!selected, QTreeView::item:hover:!selected { background: $raised; }
QTreeView::branch { background: transparent; }
QHeaderView::section { background: $panel; color: $quiet; border: none; border-bottom: 1px solid $line;
    padding: 0 8px; min-height: 32px; font-weight: 400; }

QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: $line; border-radius: 3px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover { background: $faint; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QAbstractScrollArea::corner { background: transparent; }

QMenu { background: $raised; color: $text; border: 1px solid $line; padding: 4px 0; }
QMenu::item { padding: 0 16px 0 12px; min-height: 28px; }
QMenu::item:selected { background: $selected_row; }
QMenu::item:disabled { color: $faint; }
QMenu::separator { height: 1px; background: $line; margin: 4px 0; }
QMenu::icon { padding-left: 10px; }
QMenu::indicator { width: 16px; height: 16px; left: 6px; }
QToolTip { background: $raised; color: $text; border: 1px solid $line; padding: 4px 8px; }

QSplitter::handle { background: $line; }
QProgressBar { background: $field; border: 1px solid $line; border-radius: 4px; min-height: 6px; text-align: center; }
QProgressBar::chunk { background: $activity; border-radius: 3px; }
QCheckBox { background: transparent; spacing: 8px; }
QCheckBox::indicator:unchecked { width: 12px; height: 12px; border: 1px solid $quiet; border-radius: 3px;
  background: $field; }
QCheckBox::indicator:checked { width: 12px; height: 12px; border: 1px solid $accent; border-radius: 3px;
  background: $accent; image: url("$drawings/tick-$name.svg"); }
QCheckBox::indicator:focus { border-color: $text; }
QCheckBox:focus { color: $accent; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QFrame[frameShape="4"], QFrame[frameShape="5"] { color: $line; background: $line; border: none; max-height: 1px; }
""")


def stylesheet(tokens: Tokens) -> str:
    """The whole sheet in that theme's colours."""
    drawings = (resources_dir() / "theme").as_posix()      # what a sheet can only take from files
    return _SHEET.substitute({name: str(value) for name, value in asdict(tokens).items()}, drawings=drawings)


def palette(tokens: Tokens) -> QPalette:
    """The same colours for what a style sheet does not reach: item delegates, disabled words, links."""
    made = QPalette()
    role = QPalette.ColorRole
    for target, value in (
        (role.Window, tokens.panel), (role.WindowText, tokens.text), (role.Base, tokens.field),
        (role.AlternateBase, tokens.panel), (role.Text, tokens.text), (role.Button, tokens.raised),
        (role.ButtonText, tokens.text), (role.ToolTipBase, tokens.raised), (role.ToolTipText, tokens.text),
        (role.PlaceholderText, tokens.quiet), (role.Highlight, tokens.selected_row),
        (role.HighlightedText, tokens.text), (role.Link, tokens.accent), (role.Mid, tokens.line),
        (role.Dark, tokens.line), (role.Light, tokens.raised), (role.BrightText, tokens.red_words),
    ):
        made.setColor(target, QColor(value))
    for target in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, target, QColor(tokens.faint))
    return made
