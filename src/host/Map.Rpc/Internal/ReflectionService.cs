using Map.Rpc.Internal.Wire;

namespace Map.Rpc.Internal;

/// <summary>Serves reflection, v1 and v1alpha alike: only the package differs on the wire.</summary>
internal sealed class ReflectionService(ReflectionIndex index)
{
    public const string AlphaName = "grpc.reflection.v1alpha.ServerReflection";

    public IEnumerable<GrpcService> Bind()
    {
        var descriptor = ReflectionReflection.Descriptor.Services.Single();
        foreach (var name in new[] { descriptor.FullName, AlphaName })
        {
            yield return new GrpcService(descriptor, name)
                .Duplex<ServerReflectionRequest, ServerReflectionResponse>(
                    "ServerReflectionInfo", AccessScope.Read, AnswerAllAsync);
        }
    }

    private async ValueTask AnswerAllAsync(
        IMessageReader<ServerReflectionRequest> requests,
        IMessageWriter<ServerReflectionResponse> responses,
        CallContext call)
    {
        var sent = new HashSet<string>(StringComparer.Ordinal);
        while (await requests.ReadAsync() is { } request)
        {
            var response = Answer(request, sent);
            response.ValidHost = request.Host;
            response.OriginalRequest = request;
            await responses.WriteAsync(response);
        }
    }

    private ServerReflectionResponse Answer(ServerReflectionRequest request, HashSet<string> sent)
    {
        switch (request.MessageRequestCase)
        {
            case ServerReflectionRequest.MessageRequestOneofCase.ListServices:
                var list = new ListServiceResponse();
                list.Service.AddRange(index.Services.Select(name => new ServiceResponse { Name = name }));
                return new ServerReflectionResponse { ListServicesResponse = list };
            case ServerReflectionRequest.MessageRequestOneofCase.FileByFilename:
                return Files(index.FindFile(request.FileByFilename), request.FileByFilename, sent);
            case ServerReflectionRequest.MessageRequestOneofCase.FileContainingSymbol:
                return Files(index.FindSymbol(request.FileContainingSymbol), request.FileContainingSymbol, sent);
            case ServerReflectionRequest.MessageRequestOneofCase.AllExtensionNumbersOfType:
                var type = request.AllExtensionNumbersOfType;
                // proto3 files, and ours are all proto3, declare no extensions of their own messages.
                return index.HasMessage(type)
                    ? new ServerReflectionResponse { AllExtensionNumbersResponse = new() { BaseTypeName = type } }
                    : Error(StatusCode.NotFound, $"No message '{type}' is known.");
            case ServerReflectionRequest.MessageRequestOneofCase.FileContainingExtension:
                var extension = request.FileContainingExtension;
                return Error(
                    StatusCode.NotFound, $"'{extension.ContainingType}' has no extension {extension.ExtensionNumber}.");
            default:
                return Error(StatusCode.InvalidArgument, "The request asks for nothing.");
        }
    }

    private static ServerReflectionResponse Files(IndexedFile? file, string asked, HashSet<string> sent)
    {
        if (file is null)
            return Error(StatusCode.NotFound, $"'{asked}' is not known.");
        var response = new FileDescriptorResponse();
        response.FileDescriptorProto.Add(file.Serialized);
        sent.Add(file.Name);
        AddImports(file, response, sent);
        return new ServerReflectionResponse { FileDescriptorResponse = response };
    }

    private static void AddImports(IndexedFile file, FileDescriptorResponse response, HashSet<string> sent)
    {
        foreach (var import in file.Imports.Where(import => sent.Add(import.Name)))
        {
            response.FileDescriptorProto.Add(import.Serialized);
            AddImports(import, response, sent);
        }
    }

    private static ServerReflectionResponse Error(StatusCode code, string message) =>
        new() { ErrorResponse = new ErrorResponse { ErrorCode = (int)code, ErrorMessage = message } };
}
