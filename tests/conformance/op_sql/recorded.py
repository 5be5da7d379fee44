"""Calls as Alembic's own recording prints them: Python's repr() of the arguments.

The repr of an expression is its class and address, that of a column leaves out unique, index and autoincrement, that of a
foreign key all but its target. An expression becomes a mark that stands for any text; what else is lost is taken from the
statements that were printed, and from nothing but the clause that it must have come from.
"""
import re

import expressions as sql
from calls import Call, Name, Reader
from expressions import Sql, Table, Unsupported

MARK = "\u27ea{}\u27eb"
TOKEN = re.compile(r"""('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|<((?:[^<>'"]|'[^']*')*)>""")
CLASS = re.compile(r"class '(?:[\w.]+\.)?(\w+)'")
OBJECT = re.compile(r"(?:[\w.]+\.)?(\w+)(?: object)? at 0x[0-9a-fA-F]+(?:; (.*))?")
DIRECTIVES = {"add_column", "alter_column", "bulk_insert", "create_check_constraint", "create_exclude_constraint",
              "create_foreign_key", "create_index", "create_primary_key", "create_table", "create_table_comment",
              "create_unique_constraint", "drop_column", "drop_constraint", "drop_index", "drop_table",
              "drop_table_comment", "execute", "rename_table"}
ACTIONS = re.compile(
    r"(?: MATCH (?P<match>\w+))?(?: ON DELETE (?P<ondelete>CASCADE|RESTRICT|NO ACTION|SET NULL|SET DEFAULT))?"
    r"(?: ON UPDATE (?P<onupdate>CASCADE|RESTRICT|NO ACTION|SET NULL|SET DEFAULT))?"
    r"(?P<deferrable> NOT DEFERRABLE| DEFERRABLE)?(?: INITIALLY (?P<initially>\w+))?(?P<not_valid> NOT VALID)?",
    re.IGNORECASE)


WORD = r'(?:"(?:[^"]|"")*"|[\w$]+)'
PLACE = rf"(?:{WORD}\.)?{WORD}"
CONSTRAINT = re.compile(rf"(?:CONSTRAINT (?P<name>{WORD}) )?(?P<kind>FOREIGN KEY|UNIQUE|PRIMARY KEY|EXCLUDE)(?P<rest>.*)")


def identifier(name):
    return '"?' + re.escape(name.replace('"', '""')) + '"?'


def unquoted(word):
    return word[1:-1].replace('""', '"') if word.startswith('"') else word


def words(text):
    return [unquoted(word) for word in re.findall(WORD, text)]


def one_line(statement):
    return " ".join(statement.split()).rstrip(";")


class RecordedReader(Reader):
    def __init__(self, statements):
        super().__init__()
        self.names["_opaque"] = self.opaque
        self.statements = statements
        self.marks = 0

    def opaque(self, kind, name):
        if kind == "TableClause":
            return Table(name)
        if kind == "ColumnClause":
            literal = not re.fullmatch(r"\w+", name) and not any(f'"{name}"' in text for text in self.statements)
            return sql.raw(name) if literal else sql.Column(name)
        self.marks += 1
        mark = MARK.format(self.marks)
        return sql.raw(f"{name}({mark})" if kind == "Function" and name else mark)

    def read_record(self, record):
        directive = re.match(r"op\.(\w+)\(", record)
        if directive and directive[1] == "batch_alter_table":
            raise Unsupported("what a batch held is not recorded")
        if not directive or directive[1] not in DIRECTIVES:
            raise Unsupported("a directive that its test made up")
        known = len(self.calls)
        self.read(TOKEN.sub(self.replacement, record))
        return self.calls[known:]

    @staticmethod
    def replacement(found):
        if found[1]:
            return found[1]
        if of_class := CLASS.fullmatch(found[2]):
            return of_class[1]
        if of_object := OBJECT.fullmatch(found[2]):
            return f"_opaque({of_object[1]!r}, {of_object[2]!r})"
        return f"_opaque('', {found[2]!r})"


class Recovery:
    """Gives a call back what its record lost, from the statements that it may have printed."""

    def __init__(self, statements, has_convention):
        self.lines = [line.strip().rstrip(",").rstrip() for text in statements for line in text.split("\n")]
        self.statements = [one_line(text) for text in statements]
        self.has_convention = has_convention

    def apply(self, call):
        arguments = call.arguments
        if call.name == "add_column":
            self.column(arguments[1], set(), 1)
        elif call.name == "create_table" and isinstance(arguments[0], str):
            self.items(arguments[1:])
        elif call.name.endswith(("_constraint", "_key", "_index")) and arguments:
            arguments[0] = self.name(arguments[0])

    def has(self, pattern):
        return any(re.search(pattern, statement) for statement in self.statements)

    def name(self, name):
        """The record of op.f("x") is 'x': it was one when the statements have the name as it stands."""
        if not isinstance(name, str):
            return name
        bare = self.has(rf'(?<![\w"]){re.escape(name)}(?![\w"])')
        if not bare and re.fullmatch(r"[a-z_]\w*", name) and self.has(f'"{name}"'):
            return Name(name, "quoted")
        return Name(name, "final") if self.has_convention and self.has(rf'(?<![\w"]){identifier(name)}(?![\w"])') else name

    def items(self, items):
        listed = {item.arguments[0] for item in items if item.name == "Index"}
        keys = sum(bool(item.options.get("primary_key")) for item in items if item.name == "Column")
        printed = [found for found in map(CONSTRAINT.fullmatch, self.lines) if found]
        for item in items:
            if item.name == "Index":
                self.index(item)
            elif item.name not in ("Column", "CheckConstraint"):
                self.constraint(item, printed)
            if "name" in item.options and self.has_convention:
                item.options["name"] = self.name(item.options["name"])
        for item in items:
            if item.name == "Column":
                self.column(item, listed, keys)
                if any(line["kind"] == "UNIQUE" and words(line["rest"]) == item.arguments[:1] for line in printed):
                    item.options["unique"] = True

    def index(self, item):
        """The options for PostgreSQL are lost."""
        for statement in self.statements:
            found = re.match(rf"CREATE (?:UNIQUE )?INDEX {identifier(item.arguments[0] or '')} ON {PLACE} "
                             rf"(?:USING (\w+) )?\(.*?(?: WHERE (.*))?$", statement)
            if found and found[1]:
                item.options["postgresql_using"] = found[1]
            if found and found[2]:
                item.options["postgresql_where"] = found[2]

    def constraint(self, item, printed):
        """The next one of its kind; SQLAlchemy prints those that are listed in their order, before those of columns."""
        kind = {"ForeignKeyConstraint": "FOREIGN KEY", "UniqueConstraint": "UNIQUE", "PrimaryKeyConstraint": "PRIMARY KEY",
                "ExcludeConstraint": "EXCLUDE"}.get(item.name)
        if item.arguments and not isinstance(item.arguments[0], Sql):
            return
        found = next((line for line in printed if line["kind"] == kind), None)
        if found is None:
            raise Unsupported("an item of a table that is recorded without what it holds")
        printed.remove(found)
        if found["name"]:
            item.options.setdefault("name", Name(unquoted(found["name"]), "final"))
        if kind == "EXCLUDE":
            parts = re.fullmatch(r" USING (\w+) \((.*?)\)(?: WHERE \((.*)\))?", found["rest"])
            item.arguments = [(unquoted(column), by) for column, by in re.findall(rf"({WORD}) WITH (\S+?)(?:,|$)", parts[2])]
            item.options.update({"using": parts[1], "where": parts[3]})
            return
        parts = re.match(rf"(?P<nulls> NULLS NOT DISTINCT)? ?\((?P<columns>[^)]*)\)"
                         rf"(?: REFERENCES (?P<place>{PLACE}) \((?P<targets>[^)]*)\))?(?P<rest>.*)", found["rest"])
        if kind == "FOREIGN KEY":
            place = ".".join(words(parts["place"]))
            item.arguments = [words(parts["columns"]), [f"{place}.{target}" for target in words(parts["targets"])]]
        else:
            item.arguments = words(parts["columns"])
        if parts["nulls"]:
            item.options["postgresql_nulls_not_distinct"] = True
        self.actions(item, parts["rest"])

    @staticmethod
    def actions(item, text):
        actions = ACTIONS.match(text)
        for option in ("match", "ondelete", "onupdate", "initially"):
            if actions[option]:
                item.options[option] = actions[option]
        if actions["deferrable"]:
            item.options["deferrable"] = "NOT" not in actions["deferrable"].upper()
        if actions["not_valid"]:
            item.options["postgresql_not_valid"] = True

    def column(self, column, listed_indexes, keys):
        name = identifier(column.arguments[0])
        for item in column.arguments[1:]:
            if not isinstance(item, Call):
                continue
            if item.name == "ForeignKey":
                self.foreign_key(name, item)
            elif "name" in item.options and self.has_convention:
                item.options["name"] = self.name(item.options["name"])
            self.type(item)
        column.arguments[1:] = sorted(column.arguments[1:], key=self.place_of_key)
        self.flags(name, column, listed_indexes)
        counts = self.has(rf"{name} (SMALL|BIG)?SERIAL\b")
        plain = "server_default" not in column.options and "default" not in column.options and not any(
            isinstance(item, Call) and item.name == "ForeignKey" for item in column.arguments)
        if column.options.get("primary_key") and plain and (counts if keys > 1 else not counts):
            if counts or self.has(rf"{name} (SMALLINT|INTEGER|BIGINT)\b"):
                column.options["autoincrement"] = counts

    def place_of_key(self, item):
        """The keys of a column are recorded in the order of a set."""
        if not isinstance(item, Call) or item.name != "ForeignKey":
            return -1
        pattern = rf"REFERENCES {self.referent(item)}"
        return next((at for at, statement in enumerate(self.statements) if re.search(pattern, statement)), 0)

    def type(self, item):
        """create_type=False and metadata= are lost."""
        for inner in [item, *item.arguments]:
            if isinstance(inner, Call) and inner.name in ("ENUM", "Enum") and inner.options.get("native_enum", True):
                name = identifier(inner.options.get("name", ""))
                inner.options["create_type"] = self.has(rf"CREATE TYPE (?:{WORD}\.)?{name} AS ENUM")

    def flags(self, name, column, listed_indexes):
        for statement in self.statements:
            found = re.fullmatch(rf"CREATE (UNIQUE )?INDEX (?:IF NOT EXISTS )?({WORD}) ON {PLACE} \({name}\)", statement)
            if found and unquoted(found[2]) not in listed_indexes:
                column.options.update({"index": True, "unique": bool(found[1])})
        if self.has(rf"^ALTER TABLE {PLACE} ADD (CONSTRAINT {WORD} )?UNIQUE \({name}\)$"):
            column.options["unique"] = True

    @staticmethod
    def referent(key):
        *place, target = key.arguments[0].split(".")
        return r"\.".join(identifier(part) for part in place) + rf" \({identifier(target)}\)"

    def foreign_key(self, column, key):
        head = rf"(?:(?:CONSTRAINT (?P<name>{WORD}) )?FOREIGN KEY\({column}\) )?"
        for statement in self.statements:
            if found := re.search(rf"{head}REFERENCES {self.referent(key)}(?P<rest>.*)", statement):
                if found["name"] and not self.has_convention:
                    key.options["name"] = unquoted(found["name"])
                self.actions(key, found["rest"])
                return


def read_records(records, statements, has_convention):
    reader = RecordedReader(statements)
    for index, record in enumerate(records):
        printed = [statements[index]] if len(records) == len(statements) else statements
        for call in reader.read_record(record):
            Recovery(printed, has_convention).apply(call)
    return reader.calls
