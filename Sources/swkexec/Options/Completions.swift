import CommandLineOptions
import KernelImage
import Reports

/// Completions for shells, made from the option table: `swkexec completion bash`.
enum Completions {
    enum Shell: String, CaseIterable {
        case bash, zsh, fish
    }

    static func script(for shell: Shell) -> String {
        switch shell {
        case .bash: bash
        case .zsh: zsh
        case .fish: fish
        }
    }

    /// What an option's argument can be.
    private enum Values {
        case files
        case folders
        case words([String])
        case anything
    }

    private static func values(_ row: OptionRow) -> Values {
        switch row.argument {
        case "FILE", "FILE|SIZE": .files
        case "DIR": .folders
        case "FORMAT":
            .words(PlanFormat.allCases.map(\.rawValue) + CheckFormat.allCases.map(\.rawValue).filter { PlanFormat(rawValue: $0) == nil })
        // Words that stand for themselves.
        case let words? where words.utf8.contains(UInt8(ascii: "|")): .words(words.split(separator: "|").map(String.init))
        case "TYPE": .words(ImageType.allCases.map(\.rawValue))
        case "ACTION": .words(["halt", "reset"])
        case "PORT": .words(["ttyS0", "ttyS1", "ttyS2", "ttyS3", "ttyAMA0"])
        default: .anything
        }
    }

    /// All spellings of an option, long ones with '=' when they take an argument.
    private static func spellings(_ row: OptionRow) -> [String] {
        row.long.map { "--\($0)\(row.argument == nil ? "" : "=")" } + (row.short.map { ["-\($0)"] } ?? [])
    }

    private static func escape(_ text: String, _ table: [Character: String]) -> String {
        text.map { table[$0] ?? String($0) }.joined()
    }

    /// Words that are no options and not the name of a kernel, as the first one.
    private static let subcommands = "check completion fadump inspect snapshot"
    private static let fadumpVerbs = FadumpOptions.Verb.allCases.map(\.rawValue).joined(separator: " ")

    // MARK: - bash

    private static func bashCases(_ rows: [OptionRow]) -> String {
        var cases = ""
        for row in rows where row.argument != nil {
            let pattern = row.long.map { "--\($0)" }.joined(separator: "|")
            switch values(row) {
            case .files: cases += "        \(pattern)) _filedir; return ;;\n"
            case .folders: cases += "        \(pattern)) _filedir -d; return ;;\n"
            case .words(let words):
                cases += "        \(pattern)) COMPREPLY=($(compgen -W '\(words.joined(separator: " "))' -- \"$cur\")); return ;;\n"
            case .anything: cases += "        \(pattern)) return ;;\n"
            }
        }
        return cases
    }

    private static func bashOptions(_ rows: [OptionRow]) -> String { rows.flatMap(spellings).joined(separator: " ") }

    private static var bash: String {
        """
        # bash completion for swkexec; made by `swkexec completion bash`
        _swkexec_fadump() {
            case $prev in
        \(bashCases(OptionTable.fadump.rows))    esac
            $split && return
            if [[ $cur == -* ]]; then
                COMPREPLY=($(compgen -W '\(bashOptions(OptionTable.fadump.rows))' -- "$cur"))
                [[ ${COMPREPLY-} == *= ]] && compopt -o nospace
            elif [[ $cword == 2 ]]; then
                COMPREPLY=($(compgen -W '\(fadumpVerbs)' -- "$cur"))
            else
                _filedir
            fi
        }
        _swkexec() {
            local cur prev words cword split
            _init_completion -s || return
            if [[ $cword -gt 1 && ${words[1]-} == fadump ]]; then
                _swkexec_fadump
                return
            fi
            case $prev in
        \(bashCases(OptionTable.command.rows))    esac
            $split && return
            if [[ $cur == -* ]]; then
                COMPREPLY=($(compgen -W '\(bashOptions(OptionTable.command.rows))' -- "$cur"))
                [[ ${COMPREPLY-} == *= ]] && compopt -o nospace
            else
                [[ $cword == 1 ]] && COMPREPLY=($(compgen -W '\(subcommands)' -- "$cur"))
                _filedir
            fi
        }
        complete -F _swkexec swkexec

        """
    }

    // MARK: - zsh

    private static func zshLines(_ rows: [OptionRow], indent: String) -> String {
        var lines: [String] = []
        for row in rows {
            let action =
                switch values(row) {
                case .files: ":file:_files"
                case .folders: ":folder:_files -/"
                case .words(let words): ":value:(\(words.joined(separator: " ")))"
                case .anything: ":\(row.argument?.lowercased() ?? "value"):"
                }
            let help = escape(row.help, ["'": "'\\''", "[": "\\[", "]": "\\]", ":": "\\:"])
            for spelling in spellings(row) {
                lines.append("\(indent)'\(spelling)[\(help)]\(row.argument == nil ? "" : action)'")
            }
        }
        return lines.joined(separator: " \\\n")
    }

    private static var zsh: String {
        """
        #compdef swkexec
        # made by `swkexec completion zsh`
        if (( CURRENT > 2 )) && [[ $words[2] == fadump ]]; then
            _arguments -s \\
        \(zshLines(OptionTable.fadump.rows, indent: "        ")) \\
                '1:fadump:(fadump)' \\
                '2:what to do:(\(fadumpVerbs))' \\
                '3:file:_files'
        else
            _arguments -s \\
        \(zshLines(OptionTable.command.rows, indent: "        ")) \\
                '1:kernel or command:{compadd \(subcommands); _files}' \\
                '*:kernel:_files'
        fi

        """
    }

    // MARK: - fish

    private static func fishLines(_ rows: [OptionRow], where condition: String) -> [String] {
        rows.flatMap { row in
            let argument =
                switch values(row) {
                case _ where row.argument == nil: ""
                case .files: " -r -F"
                // Without the option that it is asked about, fish would offer that twice.
                case .folders: #" -x -a '(__fish_complete_directories (commandline -ct | string replace -r "^-.*?=" ""))'"#
                case .words(let words): " -x -a '\(words.joined(separator: " "))'"
                case .anything: " -x"
                }
            let help = escape(row.help, ["'": "\\'"])
            return row.long.enumerated().map { index, name in
                let short = index == 0 ? row.short.map { " -s \($0)" } ?? "" : ""
                return "complete -c swkexec -n '\(condition)' -l \(name)\(short)\(argument) -d '\(help)'"
            }
        }
    }

    private static var fish: String {
        let isFadump = "__fish_seen_subcommand_from fadump"
        let lines =
            [
                "# fish completion for swkexec; made by `swkexec completion fish`",
                "complete -c swkexec -n __fish_use_subcommand -a '\(subcommands)'",
                "complete -c swkexec -n '\(isFadump)' -a '\(fadumpVerbs)'",
            ]
            + fishLines(OptionTable.command.rows, where: "not \(isFadump)") + fishLines(OptionTable.fadump.rows, where: isFadump)
        return lines.joined(separator: "\n") + "\n"
    }
}
