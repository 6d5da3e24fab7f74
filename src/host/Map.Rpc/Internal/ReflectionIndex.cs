using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Map.Rpc.Internal;

/// <summary>The proto files of all bound services, findable by file name and by symbol.</summary>
internal sealed class ReflectionIndex
{
    private readonly Dictionary<string, IndexedFile> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IndexedFile> _symbols = new(StringComparer.Ordinal);
    private readonly HashSet<string> _messages = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _services = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Services => _services;

    public void Add(ServiceDescriptor service)
    {
        _services.Add(service.FullName);
        AddFile(service.File);
    }

    /// <summary>Adds a file that exists under its v1 name also under its v1alpha name.</summary>
    public void AddAlias(ServiceDescriptor service, string alias)
    {
        _services.Add(alias);
        var file = service.File.ToProto();
        var oldPackage = file.Package;
        var newPackage = alias[..alias.LastIndexOf('.')];
        file.Package = newPackage;
        file.Name = newPackage.Replace('.', '/') + file.Name[file.Name.LastIndexOf('/')..];
        foreach (var field in file.MessageType.SelectMany(message => message.Field).Where(field => field.HasTypeName))
            field.TypeName = Moved(field.TypeName, oldPackage, newPackage);
        foreach (var method in file.Service.SelectMany(declared => declared.Method))
        {
            method.InputType = Moved(method.InputType, oldPackage, newPackage);
            method.OutputType = Moved(method.OutputType, oldPackage, newPackage);
        }

        var indexed = new IndexedFile(file.Name, file.ToByteString(), []);
        _files[file.Name] = indexed;
        foreach (var (symbol, _) in _symbols.Where(known => known.Value.Name == service.File.Name).ToArray())
            _symbols[newPackage + symbol[oldPackage.Length..]] = indexed;
        foreach (var message in file.MessageType)
            _messages.Add($"{newPackage}.{message.Name}");
    }

    public IndexedFile? FindFile(string name) => _files.GetValueOrDefault(name);

    public IndexedFile? FindSymbol(string name) => _symbols.GetValueOrDefault(name.TrimStart('.'));

    public bool HasMessage(string name) => _messages.Contains(name.TrimStart('.'));

    private static string Moved(string typeName, string oldPackage, string newPackage) =>
        typeName.StartsWith($".{oldPackage}.", StringComparison.Ordinal)
            ? $".{newPackage}{typeName[(oldPackage.Length + 1)..]}"
            : typeName;

    private IndexedFile AddFile(FileDescriptor file)
    {
        if (_files.TryGetValue(file.Name, out var known))
            return known;
        var imports = file.Dependencies.Select(AddFile).ToArray();
        var indexed = new IndexedFile(file.Name, file.SerializedData, imports);
        _files.Add(file.Name, indexed);
        foreach (var message in file.MessageTypes)
            AddMessage(message, indexed);
        foreach (var type in file.EnumTypes)
            AddEnum(type, indexed);
        foreach (var service in file.Services)
        {
            _symbols[service.FullName] = indexed;
            foreach (var method in service.Methods)
                _symbols[method.FullName] = indexed;
        }
        return indexed;
    }

    private void AddMessage(MessageDescriptor message, IndexedFile file)
    {
        _messages.Add(message.FullName);
        _symbols[message.FullName] = file;
        foreach (var field in message.Fields.InDeclarationOrder())
            _symbols[field.FullName] = file;
        foreach (var oneof in message.Oneofs)
            _symbols[oneof.FullName] = file;
        foreach (var nested in message.NestedTypes)
            AddMessage(nested, file);
        foreach (var nested in message.EnumTypes)
            AddEnum(nested, file);
    }

    private void AddEnum(EnumDescriptor type, IndexedFile file)
    {
        _symbols[type.FullName] = file;
        foreach (var value in type.Values)
            _symbols[value.FullName] = file;
    }
}

/// <summary>A serialised proto file and those it imports.</summary>
internal sealed record IndexedFile(string Name, ByteString Serialized, IReadOnlyList<IndexedFile> Imports);
