using Google.Protobuf;
using Google.Protobuf.Reflection;
using Map.Rpc.Internal;

namespace Map.Rpc;

/// <summary>
/// A service and its handlers: a method table. Every method of the descriptor has to be bound, each with
/// the scope that it needs; <see cref="RpcServer"/> refuses a table that is not complete.
/// </summary>
public sealed class GrpcService
{
    private readonly Dictionary<string, MethodBinding> _methods = new(StringComparer.Ordinal);

    /// <summary>An empty table.</summary>
    /// <param name="descriptor">The service, from the code generated for its proto file.</param>
    public GrpcService(ServiceDescriptor descriptor)
        : this(descriptor, descriptor?.FullName!)
    {
    }

    // Reflection v1alpha is v1 under another name.
    internal GrpcService(ServiceDescriptor descriptor, string name)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        Descriptor = descriptor;
        Name = name;
    }

    /// <summary>The service's description.</summary>
    public ServiceDescriptor Descriptor { get; }

    /// <summary>The service's full name, as <c>package.Service</c>.</summary>
    public string Name { get; }

    internal IReadOnlyCollection<MethodBinding> Methods => _methods.Values;

    /// <summary>Finds a service in a proto file.</summary>
    /// <param name="file">The generated file descriptor.</param>
    /// <param name="name">The service's name without its package.</param>
    /// <returns>An empty table for it.</returns>
    /// <exception cref="ArgumentException">The file has no such service.</exception>
    public static GrpcService In(FileDescriptor file, string name)
    {
        ArgumentNullException.ThrowIfNull(file);
        var service = file.Services.FirstOrDefault(candidate => candidate.Name == name)
            ?? throw new ArgumentException($"{file.Name} has no service '{name}'.", nameof(name));
        return new GrpcService(service);
    }

    /// <summary>Binds a method with one request and one response.</summary>
    /// <typeparam name="TRequest">The request message.</typeparam>
    /// <typeparam name="TResponse">The response message.</typeparam>
    /// <param name="name">The method's name in the proto file.</param>
    /// <param name="requiredScope">What a caller needs.</param>
    /// <param name="handler">Answers a call.</param>
    /// <returns>This table.</returns>
    /// <exception cref="ArgumentException">No such method, other types or shape, bound twice, or no scope.</exception>
    public GrpcService Unary<TRequest, TResponse>(
        string name, AccessScope requiredScope, UnaryHandler<TRequest, TResponse> handler)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        ArgumentNullException.ThrowIfNull(handler);
        var method = Check<TRequest, TResponse>(name, requiredScope, clientStreams: false, serverStreams: false);
        return Add(new UnaryBinding<TRequest, TResponse>(Identity(method, requiredScope), handler));
    }

    /// <summary>Binds a method with a stream of requests and one response.</summary>
    /// <typeparam name="TRequest">The request message.</typeparam>
    /// <typeparam name="TResponse">The response message.</typeparam>
    /// <param name="name">The method's name in the proto file.</param>
    /// <param name="requiredScope">What a caller needs.</param>
    /// <param name="handler">Answers a call.</param>
    /// <returns>This table.</returns>
    /// <exception cref="ArgumentException">No such method, other types or shape, bound twice, or no scope.</exception>
    public GrpcService ClientStreaming<TRequest, TResponse>(
        string name, AccessScope requiredScope, ClientStreamingHandler<TRequest, TResponse> handler)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        ArgumentNullException.ThrowIfNull(handler);
        var method = Check<TRequest, TResponse>(name, requiredScope, clientStreams: true, serverStreams: false);
        return Add(new ClientStreamingBinding<TRequest, TResponse>(Identity(method, requiredScope), handler));
    }

    /// <summary>Binds a method with one request and a stream of responses.</summary>
    /// <typeparam name="TRequest">The request message.</typeparam>
    /// <typeparam name="TResponse">The response message.</typeparam>
    /// <param name="name">The method's name in the proto file.</param>
    /// <param name="requiredScope">What a caller needs.</param>
    /// <param name="handler">Answers a call.</param>
    /// <returns>This table.</returns>
    /// <exception cref="ArgumentException">No such method, other types or shape, bound twice, or no scope.</exception>
    public GrpcService ServerStreaming<TRequest, TResponse>(
        string name, AccessScope requiredScope, ServerStreamingHandler<TRequest, TResponse> handler)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        ArgumentNullException.ThrowIfNull(handler);
        var method = Check<TRequest, TResponse>(name, requiredScope, clientStreams: false, serverStreams: true);
        return Add(new ServerStreamingBinding<TRequest, TResponse>(Identity(method, requiredScope), handler));
    }

    /// <summary>Binds a method with a stream of requests and a stream of responses.</summary>
    /// <typeparam name="TRequest">The request message.</typeparam>
    /// <typeparam name="TResponse">The response message.</typeparam>
    /// <param name="name">The method's name in the proto file.</param>
    /// <param name="requiredScope">What a caller needs.</param>
    /// <param name="handler">Answers a call.</param>
    /// <returns>This table.</returns>
    /// <exception cref="ArgumentException">No such method, other types or shape, bound twice, or no scope.</exception>
    public GrpcService Duplex<TRequest, TResponse>(
        string name, AccessScope requiredScope, DuplexHandler<TRequest, TResponse> handler)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        ArgumentNullException.ThrowIfNull(handler);
        var method = Check<TRequest, TResponse>(name, requiredScope, clientStreams: true, serverStreams: true);
        return Add(new DuplexBinding<TRequest, TResponse>(Identity(method, requiredScope), handler));
    }

    /// <summary>Names the methods that have no handler yet.</summary>
    /// <returns>Full names, empty when the table is complete.</returns>
    internal IEnumerable<string> Unbound() =>
        Descriptor.Methods
            .Where(method => !_methods.ContainsKey(method.Name))
            .Select(method => $"{Name}/{method.Name}");

    private GrpcService Add(MethodBinding binding)
    {
        _methods.Add(binding.Identity.Descriptor.Name, binding);
        return this;
    }

    private MethodIdentity Identity(MethodDescriptor method, AccessScope scope) =>
        new(method, Name, scope);

    private MethodDescriptor Check<TRequest, TResponse>(
        string name, AccessScope scope, bool clientStreams, bool serverStreams)
    {
        var method = Descriptor.FindMethodByName(name)
            ?? throw new ArgumentException($"{Name} has no method '{name}'.", nameof(name));
        if (scope == AccessScope.Undeclared || !Enum.IsDefined(scope))
            throw new ArgumentException(
                $"{Name}/{name} declares no scope, so nobody could be allowed to call it.", nameof(scope));
        if (method.IsClientStreaming != clientStreams || method.IsServerStreaming != serverStreams)
            throw new ArgumentException($"{Name}/{name} has another streaming shape in its proto file.", nameof(name));
        if (method.InputType.ClrType != typeof(TRequest) || method.OutputType.ClrType != typeof(TResponse))
        {
            throw new ArgumentException(
                $"{Name}/{name} takes {method.InputType.FullName} and returns {method.OutputType.FullName}.",
                nameof(name));
        }
        if (_methods.ContainsKey(name))
            throw new ArgumentException($"{Name}/{name} is bound twice.", nameof(name));
        return method;
    }
}
