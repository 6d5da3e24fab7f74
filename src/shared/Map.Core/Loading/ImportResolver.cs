using System.Text.Json;
using Map.Core.Errors;
using Map.Core.Identity;
using Map.Core.Views;

namespace Map.Core.Loading;

/// <summary>Resolves references of import files: among the files first, then in the transaction's view.</summary>
internal sealed class ImportResolver
{
    private readonly TransactionView _view;
    private readonly Dictionary<string, KeyUse> _byKey;
    private readonly IReadOnlyDictionary<string, ImportHolon> _byLabel;
    private readonly Dictionary<string, LocalId[]> _inView = new(StringComparer.Ordinal);
    private readonly HashSet<string> _unread;

    public ImportResolver(TransactionView view, IReadOnlyList<ImportFile> files, IReadOnlyDictionary<string, ImportHolon> byLabel)
    {
        _view = view;
        _byLabel = byLabel;
        _byKey = new(files.Sum(file => file.Holons.Count), StringComparer.Ordinal);
        foreach (var file in files)
        {
            foreach (var holon in file.Holons)
            {
                if (holon.Key is not { } key) continue;
                _byKey[key] = _byKey.TryGetValue(key, out var use)
                    ? use with { Count = use.Count + 1, HasSeveralTypes = use.HasSeveralTypes || use.First.Type?.Text != holon.Type?.Text }
                    : new KeyUse(holon, 1, HasSeveralTypes: false);
            }
        }

        _unread = [.. files.Where(file => file.IsBroken).SelectMany(KeysIn)];
    }

    /// <summary>The holons of one key in the files. Several of one type are an error of their own.</summary>
    private readonly record struct KeyUse(ImportHolon First, int Count, bool HasSeveralTypes);

    /// <summary>The holon that a target means; null when it was reported, or stands in a file that could not be read.</summary>
    public LocalId? Resolve(in ImportTarget target, ImportHolon holon, ReportAt report, string field) => target.Kind switch
    {
        ImportTargetKind.Embedded => target.Embedded!.Id,
        ImportTargetKind.Id => ResolveId(target, holon, report, field),
        ImportTargetKind.Label when _byLabel.TryGetValue(target.Text, out var labelled) => labelled.Id,
        ImportTargetKind.Label => ResolveKey(target with { Text = ImportParser.KeyIn(target.Text) }, holon, report, field),
        _ => ResolveKey(target, holon, report, field),
    };

    private LocalId? ResolveKey(in ImportTarget target, ImportHolon holon, ReportAt report, string field)
    {
        if (_byKey.TryGetValue(target.Text, out var use))
        {
            if (!use.HasSeveralTypes) return use.First.Id;
            ReportAmbiguous(target, holon, report, field, use.Count);
            return null;
        }

        if (!_inView.TryGetValue(target.Text, out var matches))
            _inView[target.Text] = matches = [.. _view.WithKey(target.Text, null)];
        if (matches.Length == 1) return matches[0];
        if (matches.Length > 1)
            ReportAmbiguous(target, holon, report, field, matches.Length);
        else if (!_unread.Contains(target.Text))
            report(HolonErrorCode.UnresolvedReference, holon, target.Offset, $"No holon in these files or in the space has the key \"{target.Text}\".", field);
        return null;
    }

    private LocalId? ResolveId(in ImportTarget target, ImportHolon holon, ReportAt report, string field)
    {
        if (target.Space is { } space && !IsThisSpace(space))
        {
            report(HolonErrorCode.OtherSpace, holon, target.Offset, $"The space \"{space}\" is another one; links across spaces do not exist yet.", field);
            return null;
        }

        var id = TryParse(target.Text);
        var isHidden = id is not null && _view.IsHidden(id.Value);
        if (id is not null && !isHidden
            && (_view.State.Nursery.Find(id.Value) is not null || _view.Saved.FindHolon(id.Value, _view.State.Snapshot) is not null))
            return id;
        var message = isHidden
            ? $"The holon with the id \"{target.Text}\" is staged for delete or abandoned in this transaction."
            : $"The space has no holon with the id \"{target.Text}\".";
        report(HolonErrorCode.UnresolvedReference, holon, target.Offset, message, field);
        return null;
    }

    private bool IsThisSpace(string text) => TryParse(text) is { } id && id == _view.State.Transaction.Space.Value;

    private static LocalId? TryParse(string text)
    {
        if (!Guid.TryParse(text, out var guid)) return null;
        Span<byte> bytes = stackalloc byte[LocalId.Size];
        guid.TryWriteBytes(bytes, bigEndian: true, out _);
        return LocalId.Read(bytes);
    }

    private static void ReportAmbiguous(in ImportTarget target, ImportHolon holon, ReportAt report, string field, int count) =>
        report(HolonErrorCode.AmbiguousReference, holon, target.Offset, $"{count} holons of different types have the key \"{target.Text}\". Refer by id.", field);

    /// <summary>
    /// Keys and labels that stand in a file which is not well-formed, as far as text tells: references to them are not to be
    /// reported as errors of the files that refer.
    /// </summary>
    private static IEnumerable<string> KeysIn(ImportFile file)
    {
        var keys = new List<string>();
        AddTexts(keys, file.Source.Content.Span, "\"key\""u8);
        AddTexts(keys, file.Source.Content.Span, "\"$id\""u8);
        return keys;
    }

    private static void AddTexts(List<string> texts, ReadOnlySpan<byte> rest, ReadOnlySpan<byte> field)
    {
        for (var at = rest.IndexOf(field); at >= 0; at = rest.IndexOf(field))
        {
            rest = rest[(at + field.Length)..];
            var value = rest.TrimStart(" \t\r\n:"u8);
            if (value.IsEmpty || value[0] != (byte)'"') continue;
            if (ReadString(value) is { } text) texts.Add(text);
        }
    }

    private static string? ReadString(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json, isFinalBlock: false, default);
            return reader.Read() ? reader.GetString() : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
