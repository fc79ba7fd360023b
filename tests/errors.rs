//! docs/errors.md: does it have each message that the log, the command line and Slack show? Read from the source.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use proc_macro2::{TokenStream, TokenTree};
use syn::{
    Attribute, Expr, ExprCall, Item, ItemEnum, ItemStruct, Macro,
    visit::{self, Visit},
};

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/errors.md");
const REMAKE: &str = "UPDATE_DOCS=1 cargo test --test errors";

/// What the source says, outside of its tests.
#[derive(Default)]
struct Messages {
    /// Of the log: the words, and the level.
    logged: BTreeMap<String, String>,
    /// What the command line may answer.
    answered: BTreeSet<String>,
    /// What happened, and what to do: of a line that was not understood.
    mistaken: BTreeSet<(String, String)>,
}

#[test]
fn each_line_of_the_log_has_its_row_and_its_mend() {
    let logged = read(&["src"]).logged;
    assert!(logged.len() > 40, "the source was read: {}", logged.len());
    let page = fs::read_to_string(PATH).unwrap();
    let rows = rows(&page);
    let lacking: Vec<_> = logged.iter().filter(|(words, level)| rows.get(*words) != Some(*level)).collect();
    assert!(
        lacking.is_empty(),
        "docs/errors.md lacks these lines of the log, or has another level: {lacking:#?}"
    );
    let gone: Vec<_> = rows.keys().filter(|words| !logged.contains_key(*words)).collect();
    assert!(gone.is_empty(), "docs/errors.md has lines that the log has not: {gone:#?}");
}

#[test]
fn what_people_are_answered_stands_there() {
    let (tool, chat) = (read(&["cli/src", "src/config", "src/runtime", "src/aws"]), read(&["src/chat"]));
    assert!(tool.answered.len() > 80 && chat.mistaken.len() > 20, "the source was read");
    let answered: String = tool.answered.iter().map(|words| format!("- {}\n", shown(words))).collect();
    let row =
        |(happened, remedy): &(String, String)| format!("| {} | {} |\n", shown(happened), shown(remedy));
    let mistaken: String = chat.mistaken.iter().map(row).collect();
    for (name, written) in [
        ("answers", answered),
        ("mistakes", format!("| what happened | what to do |\n|---|---|\n{mistaken}")),
    ] {
        let page = fs::read_to_string(PATH).unwrap();
        let (begin, end) =
            (format!("<!-- {name}: written by {REMAKE} -->\n\n"), format!("\n<!-- /{name} -->"));
        let (head, rest) = page.split_once(&begin).unwrap();
        let (there, tail) = rest.split_once(&end).unwrap();
        if std::env::var_os("UPDATE_DOCS").is_some() {
            fs::write(PATH, format!("{head}{begin}{written}{end}{tail}")).unwrap();
        } else {
            assert_eq!(there, written, "{REMAKE}");
        }
    }
}

/// docs/texts.md ends with what the tool says of its own, each text as it stands in the source, by its command.
#[test]
fn what_the_tool_says_stands_among_the_texts() {
    const TEXTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/texts.md");
    let mut written = "\n## What the tool says\n\nIts own words beside [the errors](errors.md), by command: in braces stands what is put in.\n".to_owned();
    let mut commands = 0;
    for file in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("cli/src")) {
        let mut spoken = Spoken(Vec::new());
        spoken.visit_file(&syn::parse_file(&fs::read_to_string(&file).unwrap()).unwrap());
        let mut seen = BTreeSet::new();
        spoken.0.retain(|words| is_a_sentence(words) && seen.insert(words.clone()));
        if spoken.0.is_empty() {
            continue;
        }
        commands += 1;
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let lines: String = spoken.0.iter().map(|words| format!("- {}\n", shown(words.trim()))).collect();
        written.push_str(&format!("\n**{name}**\n\n{lines}"));
    }
    assert!(commands > 10, "the source was read: {commands}");
    let page = fs::read_to_string(TEXTS).unwrap();
    let at = page.find("\n## What the tool says").unwrap_or(page.len());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(TEXTS, format!("{}{written}", &page[..at])).unwrap();
    } else {
        assert_eq!(&page[at..], written, "{REMAKE}");
    }
}

/// Words for a person: neither a name, a query, markup nor a file.
fn is_a_sentence(words: &str) -> bool {
    if words.contains(['<', '=']) {
        return false;
    }
    let own: String = words.split(['{', '}']).step_by(2).collect();
    own.split_whitespace().filter(|word| word.chars().filter(|one| one.is_alphabetic()).count() > 1).count()
        > 2
}

/// Every text of a file outside of its tests and attributes, in its order.
struct Spoken(Vec<String>);

impl<'ast> Visit<'ast> for Spoken {
    fn visit_attribute(&mut self, _: &'ast Attribute) {}

    fn visit_item(&mut self, item: &'ast Item) {
        let attributes = match item {
            Item::Mod(it) => &it.attrs[..],
            Item::Fn(it) => &it.attrs,
            _ => &[],
        };
        if !attributes.iter().any(is_of_tests) {
            visit::visit_item(self, item);
        }
    }

    fn visit_lit_str(&mut self, text: &'ast syn::LitStr) {
        self.0.push(text.value());
    }

    fn visit_macro(&mut self, called: &'ast Macro) {
        self.0.extend(texts(called.tokens.clone()));
    }
}

fn is_of_tests(one: &Attribute) -> bool {
    one.path().is_ident("test")
        || one.path().is_ident("cfg")
            && one.meta.require_list().is_ok_and(|list| list.tokens.to_string() == "test")
}

/// The rows of the log: the words, and the level. Each has something to do.
fn rows(page: &str) -> BTreeMap<String, String> {
    let log = page.split("\n## ").find(|part| part.starts_with("In the log")).unwrap();
    let cells = log.lines().filter(|line| line.starts_with("| `")).map(|line| {
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        assert!(cells.len() > 4 && cells[3].len() > 10, "a row without a mend: {line}");
        (cells[1].trim_matches('`').to_owned(), cells[2].to_owned())
    });
    cells.collect()
}

/// As a cell or an item: what stands in braces is put in, and nothing in it is markup.
fn shown(words: &str) -> String {
    words.replace('|', "\\|").replace('<', "\\<").replace('\n', " ")
}

fn read(folders: &[&str]) -> Messages {
    let mut messages = Messages::default();
    for folder in folders {
        for file in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)) {
            messages.visit_file(&syn::parse_file(&fs::read_to_string(&file).unwrap()).unwrap());
        }
    }
    messages
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut found = Vec::new();
    for path in entries {
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|kind| kind == "rs") && path.file_name().unwrap() != "tests.rs"
        {
            found.push(path);
        }
    }
    found.sort();
    found.retain(|path| !path.components().any(|part| part.as_os_str() == "tests"));
    found
}

/// The texts among tokens, those of a `format!` in them included.
fn texts(tokens: TokenStream) -> Vec<String> {
    let mut found = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Literal(literal) => {
                if let Ok(text) = syn::parse_str::<syn::LitStr>(&literal.to_string()) {
                    found.push(text.value());
                }
            }
            TokenTree::Group(group) => found.extend(texts(group.stream())),
            TokenTree::Ident(_) | TokenTree::Punct(_) => {}
        }
    }
    found
}

/// Whether it has words of its own, and does not only pass on another's.
fn says_something(words: &str) -> bool {
    let own = words.split(['{', '}']).step_by(2).map(str::len).sum::<usize>();
    own > 10
}

impl Messages {
    fn take_errors(&mut self, attributes: &[Attribute]) {
        for one in attributes.iter().filter(|one| one.path().is_ident("error")) {
            let tokens = one.meta.require_list().map(|list| list.tokens.clone()).unwrap_or_default();
            self.answered.extend(texts(tokens).into_iter().next().filter(|words| says_something(words)));
        }
    }
}

impl<'ast> Visit<'ast> for Messages {
    fn visit_item(&mut self, item: &'ast Item) {
        let attributes = match item {
            Item::Mod(it) => &it.attrs[..],
            Item::Fn(it) => &it.attrs,
            _ => &[],
        };
        if !attributes.iter().any(is_of_tests) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_enum(&mut self, item: &'ast ItemEnum) {
        item.variants.iter().for_each(|variant| self.take_errors(&variant.attrs));
    }

    fn visit_item_struct(&mut self, item: &'ast ItemStruct) {
        self.take_errors(&item.attrs);
    }

    /// The last text of a log line is its message.
    fn visit_macro(&mut self, called: &'ast Macro) {
        let name = called.path.segments.last().unwrap().ident.to_string();
        if ["warn", "error"].contains(&name.as_str())
            && let Some(words) = texts(called.tokens.clone()).pop()
        {
            self.logged.insert(words, name);
        }
        visit::visit_macro(self, called);
    }

    fn visit_expr_call(&mut self, call: &'ast ExprCall) {
        if let Expr::Path(path) = &*call.func
            && path.path.segments.iter().map(|part| part.ident.to_string()).eq(["UserError", "new"])
        {
            let said = call.args.iter().map(|one| {
                let mut first = FirstText(None);
                first.visit_expr(one);
                first.0
            });
            if let [Some(happened), Some(remedy)] = &said.collect::<Vec<_>>()[..] {
                self.mistaken.insert((happened.clone(), remedy.clone()));
            }
        }
        visit::visit_expr_call(self, call);
    }
}

/// The first text of an expression.
struct FirstText(Option<String>);

impl<'ast> Visit<'ast> for FirstText {
    fn visit_lit_str(&mut self, text: &'ast syn::LitStr) {
        self.0.get_or_insert_with(|| text.value());
    }

    fn visit_macro(&mut self, called: &'ast Macro) {
        if self.0.is_none() {
            self.0 = texts(called.tokens.clone()).into_iter().next();
        }
    }
}
