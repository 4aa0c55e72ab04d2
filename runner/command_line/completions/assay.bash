# Completion for bash: what `assay complete` says.
_assay() {
  # bash breaks words at '=' and ':', and replaces only what follows the last one.
  local line kind part whole=() word=$2 before
  for part in "${COMP_WORDS[@]:1:COMP_CWORD-1}" "$word"; do
    if [[ ${#whole[@]} -gt 0 && ( $part == [=:]* || ${whole[-1]} == *[=:] ) ]]; then
      whole[-1]+=$part
    else
      whole+=("$part")
    fi
  done
  before=${whole[-1]%"${word#[=:]}"}
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :files*)
        compopt -o filenames
        mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -d -- "$word")
        for kind in ${line#:files}; do
          mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -X "!*.$kind" -- "$word")
        done
        ;;
      *)
        line=${line%%$'\t'*}
        [[ $line == *[.=] ]] && compopt -o nospace
        COMPREPLY+=("${line#"$before"}")
        ;;
    esac
  done < <("${1/#\~/$HOME}" complete -- "${whole[@]}" 2>/dev/null)
}
complete -F _assay assay
