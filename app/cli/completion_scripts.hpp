#pragma once

#include <string_view>

// The parts of the completion scripts that do not depend on the command line. Doubled braces are fmt's way to write
// one.
namespace support::cli {

// What both shells understand. A place is the commands typed so far; each function prints what fits there, and
// _support_agent_value fails for an option that takes no value.
constexpr std::string_view completion_questions = R"sh(_support_agent_commands() {{
  case "$1" in
{}  esac
}}
_support_agent_options() {{
  case "$1" in
{}  esac
}}
_support_agent_argument() {{
  case "$1" in
{}  esac
}}
_support_agent_value() {{
  case "$1 $2" in
{}  *) return 1 ;;
  esac
}}
_support_agent_revisions() {{
  printf '%s\n' head heads base
  "$@" history 2>/dev/null | sed -n 's/^.* -> \([^ ,]*\).*$/\1/p'
}}
)sh";

// bash cuts words at "=", ":" and "@".
constexpr std::string_view bash_completion =
    R"sh(# Completion of support-agent for bash, made by: support-agent completion bash
{}
_support_agent() {{
  local cur="${{COMP_WORDS[COMP_CWORD]}}" place=support-agent option='' value='' word kind words i
  local -a ask=("${{COMP_WORDS[0]}}" migrate)
  case "$cur" in = | : | @) cur='' ;; esac
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="${{COMP_WORDS[i]}}"
    if [[ -n $option ]]; then
      [[ $word == = ]] && continue
      value+=$word
      [[ $word == [:@] || ${{COMP_WORDS[i + 1]}} == [:@] ]] && continue
      [[ $option == --script-location ]] && ask+=(--script-location "$value")
      option='' value=''
    elif [[ $word == -* ]]; then
      _support_agent_value "$place" "$word" >/dev/null && option=$word
    elif [[ " $(_support_agent_commands "$place") " == *" $word "* ]]; then
      place="$place $word"
    fi
  done
  if [[ -n $option ]]; then
    kind=$(_support_agent_value "$place" "$option")
  elif [[ $cur == -* ]]; then
    kind=$(_support_agent_options "$place")
  else
    kind=$(_support_agent_commands "$place")
    [[ -n $kind ]] || kind=$(_support_agent_argument "$place")
  fi
  case "$kind" in
    REVISION) words=$(_support_agent_revisions "${{ask[@]}}") ;;
    DIR) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$cur")); return ;;
    FILE) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$cur")); return ;;
    *) words=$kind ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}}
complete -F _support_agent support-agent
)sh";

constexpr std::string_view zsh_completion = R"sh(#compdef support-agent
# Completion of support-agent for zsh, made by: support-agent completion zsh
{}
_support_agent() {{
  local cur="$words[CURRENT]" place=support-agent option='' word kind i
  local -a ask candidates
  ask=("$words[1]" migrate)
  for ((i = 2; i < CURRENT; i++)); do
    word="$words[i]"
    if [[ -n $option ]]; then
      [[ $option == --script-location ]] && ask+=(--script-location "$word")
      option=''
    elif [[ $word == --*=* ]]; then
      [[ $word == --script-location=* ]] && ask+=("$word")
    elif [[ $word == -* ]]; then
      _support_agent_value "$place" "$word" >/dev/null && option=$word
    elif [[ " $(_support_agent_commands "$place") " == *" $word "* ]]; then
      place="$place $word"
    fi
  done
  if [[ -n $option ]]; then
    kind=$(_support_agent_value "$place" "$option")
  elif [[ $cur == --*=* ]]; then
    kind=$(_support_agent_value "$place" "${{cur%%=*}}")
    compset -P '*='
  elif [[ $cur == -* ]]; then
    kind=$(_support_agent_options "$place")
  else
    kind=$(_support_agent_commands "$place")
    [[ -n $kind ]] || kind=$(_support_agent_argument "$place")
  fi
  case "$kind" in
    REVISION) compset -P '*:'; candidates=(${{(f)"$(_support_agent_revisions "${{ask[@]}}")"}}) ;;
    DIR) _files -/; return ;;
    FILE) _files; return ;;
    *) candidates=(${{=kind}}) ;;
  esac
  compadd -a candidates
}}
if [[ $funcstack[1] == _support_agent ]]; then
  _support_agent "$@"
else
  compdef _support_agent support-agent
fi
)sh";

}  // namespace support::cli
