using Map.Core.Errors;
using Map.Core.Identity;
using Map.Core.Values;

namespace Map.Core.Loading;

/// <summary>One file to load.</summary>
/// <param name="Name">Its name, shown in errors.</param>
/// <param name="Content">Its bytes: JSON in UTF-8.</param>
public sealed record ImportSource(string Name, ReadOnlyMemory<byte> Content);

/// <summary>What a load staged.</summary>
/// <param name="Holons">Holons of the files.</param>
/// <param name="Targets">Relationship targets, all of which resolved.</param>
/// <param name="Updated">Saved holons staged for update, since files gave links of theirs by inverse names.</param>
public readonly record struct LoadCounts(long Holons, long Targets, long Updated);

/// <summary>A file as parsed.</summary>
internal sealed class ImportFile(ImportSource source)
{
    private int _counted;
    private int _line = 1;

    public ImportSource Source { get; } = source;

    /// <summary>Holons in order, embedded ones after the one that embeds them.</summary>
    public List<ImportHolon> Holons { get; } = [];

    public List<HolonError> Errors { get; } = [];

    /// <summary>Whether the file is not well-formed; what was read before that point is kept.</summary>
    public bool IsBroken { get; set; }

    /// <summary>Finds a line and column. Lines are counted on from the place asked for last: most rise.</summary>
    public SourcePlace PlaceOf(long offset)
    {
        if (offset < _counted) (_counted, _line) = (0, 1);
        var text = Source.Content.Span[..(int)Math.Min(offset, Source.Content.Length)];
        _line += text[_counted..].Count((byte)'\n');
        _counted = text.Length;
        return new SourcePlace(Source.Name, _line, text.Length - text.LastIndexOf((byte)'\n'));
    }
}

/// <summary>A holon as written in a file.</summary>
internal sealed class ImportHolon(ImportFile file, long offset)
{
    public ImportFile File { get; } = file;

    /// <summary>Where it begins, in bytes.</summary>
    public long Offset { get; } = offset;

    /// <summary>By what the files refer to it, beside its key.</summary>
    public string? Label { get; set; }

    public long LabelOffset { get; set; }

    public string? Key { get; set; }

    public long KeyOffset { get; set; }

    public ImportTarget? Type { get; set; }

    public PropertyMap Properties { get; set; } = PropertyMap.Empty;

    public ImportLink[] Links { get; set; } = [];

    public LocalId Id { get; set; }

    public LocalId? TypeId { get; set; }
}

/// <summary>A relationship of a holon as written, one for each target.</summary>
/// <param name="Name">The canonical name.</param>
/// <param name="NameOffset">Where the name stands, in bytes.</param>
/// <param name="Target">The target.</param>
internal readonly record struct ImportLink(string Name, long NameOffset, ImportTarget Target);

/// <summary>A relationship of a holon whose target was found.</summary>
/// <param name="Holon">The holon for which it is written.</param>
/// <param name="Index">Which of the holon's links.</param>
/// <param name="Other">The target.</param>
internal readonly record struct ResolvedLink(ImportHolon Holon, int Index, LocalId Other)
{
    public string Name => Authored.Name;

    public ref readonly ImportLink Authored => ref Holon.Links[Index];
}

/// <summary>How a target is written.</summary>
internal enum ImportTargetKind
{
    Key,

    /// <summary>A label; where no holon has it, a key.</summary>
    Label,
    Id,
    Embedded,
}

/// <summary>A target as written.</summary>
/// <param name="Kind">How.</param>
/// <param name="Text">The key, label or id.</param>
/// <param name="Offset">Where it stands, in bytes.</param>
/// <param name="Embedded">The embedded holon, if it is one.</param>
internal readonly record struct ImportTarget(ImportTargetKind Kind, string Text, long Offset, ImportHolon? Embedded = null)
{
    /// <summary>Of <see cref="ImportTargetKind.Id"/>: the space written with it, if any.</summary>
    public string? Space { get; init; }
}
