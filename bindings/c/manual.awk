# The header as a manual: awk -v form=man (a page for man) or -v form=html, on include/vanta.h.
# A section begins with a banner, a group with one line; a comment belongs to the lines after it.

function escaped(text) {
  if (form == "man") {
    gsub(/\\/, "\\e", text)
    gsub(/-/, "\\-", text)
    return text ~ /^[.']/ ? "\\\\&" text : text
  }
  gsub(/&/, "\\&amp;", text)
  gsub(/</, "\\&lt;", text)
  gsub(/>/, "\\&gt;", text)
  return text
}

function heading(title) {
  print form == "man" ? ".SH \"" toupper(title) "\"" : "<h2>" escaped(title) "</h2>"
}

function subheading(title) {
  print form == "man" ? ".SS \"" title "\"" : "<h3>" escaped(title) "</h3>"
}

function code(text) {
  print form == "man" ? ".PP\n.nf\n" escaped(text) "\n.fi" : "<pre>" escaped(text) "</pre>"
}

function paragraph(text) {
  print form == "man" ? ".PP\n" escaped(text) : "<p>" escaped(text) "</p>"
}

# The lines of a comment: prose up to an empty line, and examples, which are indented.
function prose(count,   i, line, text, example) {
  for (i = 1; i <= count + 1; i++) {
    line = i > count ? "" : comment[i]
    if (line ~ /^    / || (line == "" && example != "" && i < count && comment[i + 1] ~ /^    /)) {
      if (text != "") paragraph(text)
      text = ""
      example = example == "" ? line : example "\n" line
      continue
    }
    if (example != "") code(example)
    example = ""
    # In the preface a rule begins with a word of its own, and its other lines are indented.
    if (text != "" && (line == "" || (preface && line !~ /^  /))) {
      paragraph(text)
      text = ""
    }
    sub(/^ +/, "", line)
    text = text == "" || line == "" ? text line : text "\n" line
  }
}

function item() {
  if (declaration == "") return
  code(declaration)
  if (form == "man") print ".RS"
  prose(comments)
  if (form == "man") print ".RE"
  declaration = ""
  comments = 0
}

BEGIN {
  name = "embeddable, blocking client for the private-integration API of Vanta"
  if (form == "man") {
    print ".TH VANTA 3 \"\" \"libvanta " version "\"\n.nh\n.ad l\n.SH NAME\nvanta \\- " name
    print ".SH SYNOPSIS\n.nf\n#include <vanta.h>\n\ncc ... $(pkg\\-config \\-\\-cflags \\-\\-libs vanta)\n.fi"
  } else {
    print "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>vanta.h</title>"
    print "<h1>vanta.h, libvanta " version ": " name "</h1>"
  }
  heading("Rules")
  preface = 1
}

preface && /^ \* ?/ { line = $0; sub(/^ \* ?/, "", line); if (++seen > 3) comment[++comments] = line }
preface && /^ \*\// { comments--; prose(comments); preface = comments = 0; next }
preface { next }

/^\/\* -+ \*$/ { item(); banner = 1; next }
banner == 1 { sub(/^ \* /, ""); heading($0); banner = 2; next }
banner == 2 { banner = 0; next }
/^\/\* -- .* -- \*\/$/ { item(); gsub(/^\/\* -- | -- \*\/$/, ""); subheading($0); next }
/^\/\*\*/ { item(); comments = 0; inside = 1; sub(/^\/\*\* ?/, "") }
inside {
  ends = sub(/ ?\*\/$/, "")
  sub(/^ \* ?| \*$/, "")
  if ($0 != "" || !ends && comments) comment[++comments] = $0
  if (ends) inside = 0
  next
}
/^$/ { item(); next }
/^#(ifn?def|endif|include)|^#define VANTA_H|^extern|^}$/ { next }
{ declaration = declaration == "" ? $0 : declaration "\n" $0 }
END { item() }
